import type { RemoteCluster } from '../../cluster/processes/remote.ts'
import type { Cluster } from '../../cluster.ts'

/** What a run needs of its cluster, embedded or not. */
export interface RunCluster
  extends Pick<Cluster, 'jobs' | 'messages' | 'snapshot' | 'explain' | 'close'> {
  /** Where its sandboxes are; only known of an embedded cluster. */
  readonly workDir?: string
}

/** A cluster elsewhere as a run sees it: how the pool stands is only known to its master. */
export function asRunCluster(remote: RemoteCluster): RunCluster {
  return {
    jobs: (name, options) => remote.jobs(name, options),
    messages: (observer) => remote.messages(observer),
    snapshot: () => ({ agents: [], frameworks: [], offers: [] }),
    explain: () => ({ policy: '', roles: [], frameworks: [], waiting: [] }),
    close: (options) => remote.close(options),
  }
}
