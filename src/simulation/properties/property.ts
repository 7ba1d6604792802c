import type { Message, Resources, TaskInfo } from '../../messages/index.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { Timeouts } from '../../model/timeouts.ts'
import type { Happening } from '../happenings.ts'

/** A framework, as an observer may see it. */
export interface ObservedTenant {
  readonly name: string
  readonly address: string
  /** Its id, once it has one. */
  readonly frameworkId: string | undefined
  /** The least that one of its waiting jobs needs, as resources; nothing when none waits. */
  readonly needs: Resources | undefined
  /** Jobs that have not ended, in words. */
  readonly open: readonly string[]
}

/** What a machine has, and the tasks whose work really goes on there. */
export interface ObservedMachine {
  readonly hostname: string
  readonly resources: Resources
  /** The tasks whose work really goes on there. */
  readonly running: readonly TaskInfo[]
  /** Its agent keeps what it runs. */
  readonly hasDisk: boolean
}

/** What an observer may look at besides what happens. It never changes anything. */
export interface View {
  /** Milliseconds since the world began. */
  readonly now: number
  /** The master's book. */
  readonly ledger: Ledger
  readonly timeouts: Timeouts
  readonly tenants: readonly ObservedTenant[]
  readonly machines: readonly ObservedMachine[]
  /** One of them; quicker than finding it among all. */
  machineAt(hostname: string): ObservedMachine | undefined
}

/** One run as a property sees it. Every part is optional. */
export interface Observer {
  /** Called for everything, in order. */
  happened?(happening: Happening): void
  /** The master has taken a step, and its book is at rest. */
  masterStepped?(): void
  /** A virtual second has passed. */
  passed?(): void
  /** The last fault is over. */
  healed?(): void
  /** The run is over; its last second has passed. */
  ended?(): void
}

/**
 * Types of messages, for those that are sent, delivered or lost, and of other happenings: what is
 * not among them is not shown, which saves time.
 */
export type Hears = readonly (Message['type'] | Happening['type'])[]

/** Says in a sentence what is wrong. */
export type Report = (sentence: string) => void

/**
 * Something that must hold. `safety`: never wrong. `liveness`: right in the end, within a bound
 * after the last fault.
 */
export interface Property {
  readonly name: string
  /** One sentence: what holds. */
  readonly promise: string
  /** Of what its observers hear; of everything when left out. See `Hears`. */
  readonly hears?: Hears
  observe(view: View, report: Report): Observer
}

/** Something that must happen now and then over many seeds, or the runs prove nothing. */
export interface Sometimes {
  readonly name: string
  readonly when: string
  /** Faults without which it cannot happen. */
  readonly needs?: readonly string[]
  readonly hears?: Hears
  /** Whether this is it. Made anew for each run, so that it may remember. */
  watch(): (happening: Happening) => boolean
}
