/**
 * What may go wrong, and how often; packed into one number of a world. `faults` bounds all of it
 * together, but for the wishes of frameworks (`kills`).
 */
export const faults = [
  'faults',
  'losses',
  'duplicates',
  'timeouts',
  'kills',
  'agentCrashes',
  'schedulerCrashes',
  'executorCrashes',
  'masterCrashes',
] as const

export type Fault = (typeof faults)[number]
export type Budget = Readonly<Record<Fault, number>>

/** The most of each that a budget can hold. */
export const faultsMax = 7

const shift: Readonly<Record<Fault, number>> = {
  faults: 0,
  losses: 3,
  duplicates: 6,
  timeouts: 9,
  kills: 12,
  agentCrashes: 15,
  schedulerCrashes: 18,
  executorCrashes: 21,
  masterCrashes: 24,
}

export function pack(budget: Budget): number {
  return faults.reduce((packed, fault) => packed | (budget[fault] << shift[fault]), 0)
}

/** How many of a fault may still happen. */
export function left(packed: number, fault: Fault): number {
  const own = (packed >>> shift[fault]) & faultsMax
  return fault === 'kills' ? own : Math.min(own, packed & faultsMax)
}

/** The budget with one less of a fault, of which there must be some left. */
export function spent(packed: number, fault: Fault): number {
  return packed - (1 << shift[fault]) - (fault === 'kills' ? 0 : 1)
}
