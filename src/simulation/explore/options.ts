import { InvalidInputError } from '../../model/errors.ts'
import { checkKeys } from '../../model/resources/amounts.ts'
import { faultsMax } from './budget.ts'

/** Which small world is explored, and how far. */
export interface SmallWorldOptions {
  /** Machines. Default 2. */
  readonly agents?: number
  /** Default 2. */
  readonly frameworks?: number
  /** Jobs of all frameworks together; two fit on an agent. Default 3. */
  readonly tasks?: number
  /** Faults of all kinds in one history. Default 2. */
  readonly faults?: number
  /** Messages that may be lost. Default 1. */
  readonly losses?: number
  /** How often an agent, a scheduler and an executor may crash, each. Default 1. */
  readonly crashes?: number
  /** How often the master may crash; what the search leaves out is less then. Default 1. */
  readonly masterCrashes?: number
  /** Tasks that their framework may want to end. Default 1. */
  readonly kills?: number
  /** Timers that may fire early, or because somebody took too long. Default 1. */
  readonly timeouts?: number
  /** Messages that may arrive twice; no transport of ours does that. Default 0. */
  readonly duplicates?: number
  /** Also in orders that lead to the same books as others. Default false. */
  readonly everyOrder?: boolean
  /** Begin at every step of a run in which all goes well, not only at its first. Default false. */
  readonly along?: boolean
  /** From the very first message on, and not from when all have registered. Default false. */
  readonly fresh?: boolean
  /** Enough is known with so many different worlds. Default 1,000,000. */
  readonly maxStates?: number
  /** Steps from the start; no bound when left out. */
  readonly depth?: number
  /** Random walks that go on where the search ended. Default 200. */
  readonly walks?: number
  /** How many steps a walk has. Default 100. */
  readonly walkLength?: number
  /** Of the walks; a whole number from 0. Default 1. */
  readonly seed?: number
}

export type CompleteSmallWorldOptions = Required<SmallWorldOptions>

export const defaultSmallWorld: CompleteSmallWorldOptions = {
  agents: 2,
  frameworks: 2,
  tasks: 3,
  faults: 2,
  losses: 1,
  crashes: 1,
  masterCrashes: 1,
  kills: 1,
  timeouts: 1,
  duplicates: 0,
  everyOrder: false,
  along: false,
  fresh: false,
  maxStates: 1_000_000,
  depth: Number.POSITIVE_INFINITY,
  walks: 200,
  walkLength: 100,
  seed: 1,
}

/** What a number may be: from, to. Rows of worlds and masks of tasks have so much room. */
const bounds: Readonly<Record<string, readonly [number, number]>> = {
  agents: [1, 4],
  frameworks: [1, 4],
  tasks: [0, 6],
  faults: [0, faultsMax],
  losses: [0, faultsMax],
  crashes: [0, faultsMax],
  masterCrashes: [0, faultsMax],
  kills: [0, faultsMax],
  timeouts: [0, faultsMax],
  duplicates: [0, faultsMax],
  maxStates: [1, 50_000_000],
  depth: [0, Number.POSITIVE_INFINITY],
  walks: [0, 1_000_000],
  walkLength: [1, 100_000],
  seed: [0, Number.MAX_SAFE_INTEGER],
}

/** All options, those that were not given by default. Throws InvalidInputError for a bad one. */
export function completeSmallWorld(options: SmallWorldOptions): CompleteSmallWorldOptions {
  checkKeys('the exploration', options, Object.keys(defaultSmallWorld))
  const complete = { ...defaultSmallWorld, ...options }
  for (const [name, value] of Object.entries(complete)) {
    const [from, to] = bounds[name] ?? [0, 0]
    if (typeof value === 'boolean') continue
    const isWhole = Number.isInteger(value) || value === Number.POSITIVE_INFINITY
    if (isWhole && value >= from && value <= to) continue
    const range = to === Number.POSITIVE_INFINITY ? `from ${from}` : `from ${from} to ${to}`
    throw new InvalidInputError(`${name} is ${value}; give a whole number ${range}`)
  }
  return complete
}
