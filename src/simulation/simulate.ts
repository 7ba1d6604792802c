import { type Envelope, MASTER } from '../messages/index.ts'
import type { Happening, Timed } from './happenings.ts'
import { type CompleteOptions, completeOptions, type SimulationOptions } from './options.ts'
import { properties } from './properties/index.ts'
import type { Property } from './properties/property.ts'
import { sometimes } from './properties/sometimes.ts'
import { Trace } from './trace.ts'
import { type Violation, viewOf, Watch } from './watch.ts'
import { faultsNamed } from './world/faults.ts'
import { Injector } from './world/injector.ts'
import { World } from './world/world.ts'

/** How a run went. */
export interface SimulationReport {
  readonly options: CompleteOptions
  /** Nothing when the run was as it should be. */
  readonly violations: readonly Violation[]
  /** How long the run took in virtual time: with faults, and from the last fault to the end. */
  readonly safetyMs: number
  readonly livenessMs: number
  readonly counts: {
    readonly delivered: number
    readonly lost: number
    readonly timers: number
    readonly faults: number
    /** Jobs that came to their end, of all that there were. */
    readonly ended: number
    readonly tasks: number
  }
  /** Which rare things happened, by name: `sometimes-late-answer`. */
  readonly sometimes: Readonly<Record<string, number>>
  /** SHA-256 over every delivered message and every timer. */
  readonly traceHash: string
  /** What happened last, or, when something was wrong, up to when it was. */
  readonly last: readonly Timed[]
}

/** For tests of properties and of the simulator itself. */
export interface SimulationTools {
  /** In place of the usual ones. */
  readonly properties?: readonly Property[]
  /** What arrives in place of a message that is about to be delivered. */
  readonly tamper?: (envelope: Envelope) => readonly Envelope[]
  /** Called when the world is made, before anything happens. */
  readonly onWorld?: (world: World) => void
}

const strideMs = 1_000
/** Jobs arrive in this part of the time of faults, so that faults meet work that goes on. */
const arrivalsPart = 0.75
/** Messages that change nothing in the master's book. */
const signsOfLife: ReadonlySet<string> = new Set([
  'lifecycle.heartbeat',
  'lifecycle.ping',
  'lifecycle.pong',
])
/** How long the world may take to end everything after the last fault. */
const livenessMaxMs = 1_200_000
/** When all is over the world is watched for this long: late words, repeated updates. */
const quietMs = 30_000

/**
 * Plays one world to its end: faults, then none, then the verdict. Throws InvalidInputError for
 * options that cannot be.
 */
export function simulate(
  options: SimulationOptions = {},
  tools: SimulationTools = {},
): SimulationReport {
  return new Run(completeOptions(options), tools).play()
}

class Run {
  readonly #options: CompleteOptions
  readonly #trace = new Trace()
  readonly #sometimes: Record<string, number> = {}
  readonly #world: World
  readonly #watch: Watch
  readonly #tools: SimulationTools
  /** What led to the first violation. */
  #last: Timed[] | undefined
  /** Whether anything was said since the last look that may have changed the master's book. */
  #isTouched = true

  constructor(options: CompleteOptions, tools: SimulationTools) {
    this.#options = options
    this.#tools = tools
    this.#watch = new Watch(
      viewOf(() => this.#world),
      tools.properties ?? properties,
      sometimes.map(({ name, hears, watch }) => ({ hears, hear: this.#counting(name, watch()) })),
    )
    const { tamper } = tools
    this.#world = new World({
      ...options,
      faults: faultsNamed(options.faults),
      arrivalsMs: options.safetyMs * arrivalsPart,
      witness: this.#witness,
      onMasterStep: () => this.#masterStepped(),
      ...(tamper !== undefined && { tamper }),
    })
  }

  play(): SimulationReport {
    const { safetyMs, faults } = this.#options
    this.#tools.onWorld?.(this.#world)
    const injector = new Injector(this.#world, faultsNamed(faults), (one) =>
      this.#witness(one, this.#world.now),
    )
    this.#pass(safetyMs, () => false)
    injector.stop()
    this.#world.heal()
    this.#watch.healed()
    this.#pass(livenessMaxMs, () => this.#isOver())
    this.#pass(quietMs, () => false)
    this.#watch.ended()
    return this.#report()
  }

  /** Lets time pass in strides, until it is over or enough is known. */
  #pass(ms: number, isOver: () => boolean): void {
    const until = this.#world.now + ms
    while (this.#world.now < until && !isOver()) {
      this.#world.clock.advance(Math.min(strideMs, until - this.#world.now))
      this.#watch.passed()
      this.#keepLast()
    }
  }

  #isOver(): boolean {
    const { tenants, agents, ledger } = this.#world
    return (
      tenants.every(({ open }) => open === 0) &&
      agents.every(({ running }) => running.size === 0) &&
      [...ledger.frameworks.values()].every(({ tasks }) => tasks.size === 0)
    )
  }

  readonly #witness = (happening: Happening, atMs: number): void => {
    this.#trace.note(happening, atMs)
    if (happening.type === 'fired') return
    if ('envelope' in happening && touches(happening.envelope)) this.#isTouched = true
    this.#watch.happened(happening)
    this.#keepLast()
  }

  #counting(name: string, test: (one: Happening) => boolean) {
    return (happening: Happening): void => {
      if (test(happening)) this.#sometimes[name] = (this.#sometimes[name] ?? 0) + 1
    }
  }

  #masterStepped(): void {
    if (!this.#isTouched) return
    this.#isTouched = false
    this.#watch.masterStepped()
    this.#keepLast()
  }

  #keepLast(): void {
    if (this.#watch.violations.length > 0) this.#last ??= this.#trace.last()
  }

  #report(): SimulationReport {
    const { counts } = this.#trace
    const { safetyMs, tasks } = this.#options
    const open = this.#world.tenants.reduce((sum, tenant) => sum + tenant.open, 0)
    return {
      options: this.#options,
      violations: this.#watch.violations,
      safetyMs,
      livenessMs: this.#world.now - safetyMs,
      counts: {
        delivered: counts.get('delivered') ?? 0,
        lost: counts.get('lost') ?? 0,
        timers: counts.get('fired') ?? 0,
        faults: counts.get('fault') ?? 0,
        ended: tasks - open,
        tasks,
      },
      sometimes: this.#sometimes,
      traceHash: this.#trace.digest(),
      last: this.#last ?? this.#trace.last(),
    }
  }
}

function touches({ from, to, message }: Envelope): boolean {
  return (from === MASTER || to === MASTER) && !signsOfLife.has(message.type)
}
