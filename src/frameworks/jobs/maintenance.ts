import type { Unavailability } from '../../messages/index.ts'

/** Whether the machine is to be worked on right now; without an end, for as long as it is said. */
export function isBeingMaintained(
  unavailability: Unavailability | undefined,
  nowMs: number,
): boolean {
  if (unavailability === undefined) return false
  const { startMs, durationMs = Number.POSITIVE_INFINITY } = unavailability
  return startMs <= nowMs && nowMs < startMs + durationMs
}
