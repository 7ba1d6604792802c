/** What may go wrong, and how often; packed into one number of a world, four bits each. */
export const faults = [
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
  losses: 0,
  duplicates: 3,
  timeouts: 6,
  kills: 9,
  agentCrashes: 12,
  schedulerCrashes: 15,
  executorCrashes: 18,
  masterCrashes: 21,
}

export function pack(budget: Budget): number {
  return faults.reduce((packed, fault) => packed | (budget[fault] << shift[fault]), 0)
}

export function left(packed: number, fault: Fault): number {
  return (packed >>> shift[fault]) & faultsMax
}

/** The budget with one less of a fault, of which there must be some left. */
export function spent(packed: number, fault: Fault): number {
  return packed - (1 << shift[fault])
}
