export { Cluster, createCluster } from 'mesostate'

/** Live memory; `npm run bench` allows the collection that makes it exact. */
export function heapMb() {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}

export function round(value, digits = 1) {
  return Math.round(value * 10 ** digits) / 10 ** digits
}

/** The middle one of the values. */
export function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1]
}
