/** What is remembered on purpose (ended tasks and frameworks) is full after so much of a run. */
const fullAfter = 0.3
/** After that the heap may grow by so much: caches, and what the runtime thinks of. */
const growthMaxMb = 64

/**
 * Says that the memory grows without end, or nothing.
 *
 * @param {readonly number[]} heapsMb after each batch, all garbage gone
 */
export function growthOf(heapsMb) {
  const later = heapsMb.slice(Math.floor(heapsMb.length * fullAfter))
  const third = Math.ceil(later.length / 3)
  const before = medianOf(later.slice(0, third))
  const after = medianOf(later.slice(-third))
  if (after - before <= growthMaxMb) return undefined
  return `the heap grows: ${before.toFixed(0)} MB, later ${after.toFixed(0)} MB`
}

function medianOf(numbers) {
  const sorted = [...numbers].sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
