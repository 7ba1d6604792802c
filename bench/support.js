export { Cluster, createCluster } from 'mesostate'
export { VirtualClock } from 'mesostate/testing'
