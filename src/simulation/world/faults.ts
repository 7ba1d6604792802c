import { InvalidInputError } from '../../model/errors.ts'
import { suggestion } from '../../model/suggestion.ts'

/**
 * What goes wrong, kind by kind. Chances are per message or task, means are times in milliseconds
 * between two faults of a kind; a kind with zero does not happen.
 */
export interface Faults {
  /** Messages take up to this long; each on its own, so that those of different pairs overtake. */
  readonly delayMaxMs: number
  /** Chance that a message is lost. */
  readonly loss: number
  /** Chance that an update, or its acknowledgement, arrives twice. */
  readonly twice: number
  readonly partitionMeanMs: number
  /** The connection of an agent or a scheduler breaks and is made again. */
  readonly linkMeanMs: number
  /** A process stands still for a while. */
  readonly pauseMeanMs: number
  /** A process takes long for everything for a while. */
  readonly slowMeanMs: number
  readonly schedulerCrashMeanMs: number
  /** A machine loses power. */
  readonly agentCrashMeanMs: number
  /** A machine loses its disk as well. */
  readonly agentLossMeanMs: number
  /** The process of an agent dies, and its machine lives on. */
  readonly agentRestartMeanMs: number
  /** The master dies, and its registry does not. */
  readonly masterCrashMeanMs: number
  /** The master dies, and has no registry. */
  readonly masterLossMeanMs: number
  /** Chance that an executor breaks when a task begins. */
  readonly executorCrash: number
  /** Writes to disks take up to this long, and may be underway when their process dies. */
  readonly diskMaxMs: number
  /** Clocks are ahead by up to this much, and drift. */
  readonly skewMaxMs: number
  /** Whether there is a scheduler that lies. */
  readonly hasRogue: boolean
}

/** A good network still needs time. */
export const usualDelayMs = 2

export const noFaults: Faults = {
  delayMaxMs: usualDelayMs,
  loss: 0,
  twice: 0,
  partitionMeanMs: 0,
  linkMeanMs: 0,
  pauseMeanMs: 0,
  slowMeanMs: 0,
  schedulerCrashMeanMs: 0,
  agentCrashMeanMs: 0,
  agentLossMeanMs: 0,
  agentRestartMeanMs: 0,
  masterCrashMeanMs: 0,
  masterLossMeanMs: 0,
  executorCrash: 0,
  diskMaxMs: 0,
  skewMaxMs: 0,
  hasRogue: false,
}

/** Each fault alone, as heavy as it gets. */
const kinds: Readonly<Record<string, Partial<Faults>>> = {
  delay: { delayMaxMs: 3_000 },
  loss: { loss: 0.05 },
  twice: { twice: 0.1 },
  partition: { partitionMeanMs: 20_000 },
  link: { linkMeanMs: 20_000 },
  pause: { pauseMeanMs: 15_000 },
  slow: { slowMeanMs: 20_000 },
  'scheduler-crash': { schedulerCrashMeanMs: 25_000 },
  'agent-crash': { agentCrashMeanMs: 40_000 },
  'agent-loss': { agentLossMeanMs: 60_000 },
  'agent-restart': { agentRestartMeanMs: 25_000 },
  'master-crash': { masterCrashMeanMs: 60_000 },
  'master-loss': { masterLossMeanMs: 60_000 },
  'executor-crash': { executorCrash: 0.15 },
  disk: { diskMaxMs: 1_000 },
  skew: { skewMaxMs: 3_600_000 },
  rogue: { hasRogue: true },
}

export const faultKinds: readonly string[] = Object.keys(kinds)

const light: Faults = {
  ...noFaults,
  delayMaxMs: 50,
  loss: 0.001,
  twice: 0.001,
  partitionMeanMs: 120_000,
  linkMeanMs: 120_000,
  pauseMeanMs: 120_000,
  slowMeanMs: 120_000,
  schedulerCrashMeanMs: 120_000,
  agentCrashMeanMs: 120_000,
  agentRestartMeanMs: 120_000,
  executorCrash: 0.01,
  diskMaxMs: 10,
}

/**
 * The faults of this name: none, light, heavy, or kinds such as `loss,delay`. Throws
 * InvalidInputError for an unknown one.
 */
export function faultsNamed(name: string): Faults {
  if (name === 'none') return noFaults
  if (name === 'light') return light
  if (name === 'heavy') return Object.assign({ ...noFaults }, ...Object.values(kinds))
  return Object.assign({ ...noFaults }, ...name.split(',').map(faultOf))
}

function faultOf(kind: string): Partial<Faults> {
  const known = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (known !== undefined) return known
  const names = ['none', 'light', 'heavy', ...faultKinds]
  throw new InvalidInputError(
    `there are no faults ${kind}${suggestion(kind, names)}; known are ${names.join(', ')}`,
  )
}

/** The kinds that a name stands for, so that one can be left out; `light` cannot be split. */
export function kindsIn(name: string): readonly string[] {
  if (name === 'heavy') return faultKinds
  return name === 'none' || name === 'light' ? [] : name.split(',')
}
