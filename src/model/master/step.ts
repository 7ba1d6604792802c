import type { Address, Message, TaskStatus } from '../../messages/index.ts'
import type { ConstraintCompiler } from '../allocation/constraints.ts'
import type { AllocationPolicy } from '../allocation/policy.ts'
import { frameworkAt, type Ledger } from '../ledger/ledger.ts'
import type {
  AgentRecord,
  DutyRecord,
  FrameworkRecord,
  InverseOfferRecord,
  OfferRecord,
  TaskRecord,
} from '../ledger/records.ts'
import type { StateTable } from '../tables.ts'
import type { Reported } from '../task-states.ts'
import type { Step } from '../turn.ts'
import type { MasterEffect } from './reports.ts'

/** What the master raises to itself: its timers, and the wish to allocate. */
export type MasterTimer =
  | { readonly type: 'offer.expired'; readonly batchId: string }
  | { readonly type: 'inverseOffer.expired'; readonly inverseOfferId: string }
  | { readonly type: 'framework.failoverExpired'; readonly frameworkId: string }
  | { readonly type: 'agent.reregistrationExpired'; readonly agentId: string }
  | { readonly type: 'allocation.wanted' }
  | { readonly type: 'allocation.run' }
  | { readonly type: 'allocation.due' }
  | { readonly type: 'heartbeat.due' }
  | { readonly type: 'ping.due' }

type OfferHappening = `offer.${'accepted' | 'declined' | 'expired' | 'rescinded' | 'discarded'}`
type FrameworkHappening =
  `framework.${'registered' | 'reported' | 'reregistered' | 'disconnected' | 'failoverExpired' | 'removed'}`
type AgentHappening =
  `agent.${'recovered' | 'registered' | 'reregistered' | 'disconnected' | 'pingsMissed' | 'reregistrationExpired' | 'unregistered' | 'machineDown' | 'markedGone'}`
type DutyHappening = `agent.${'deactivated' | 'reactivated' | 'drainStarted' | 'drained'}`
type InverseOfferHappening = `inverseOffer.${'accepted' | 'declined' | 'expired' | 'rescinded'}`

/** The tables of what the master tracks, derived from the statecharts. */
export interface MasterCharts {
  readonly offer: StateTable<OfferRecord['state'], OfferHappening, 'offer.expired'>
  readonly framework: StateTable<
    FrameworkRecord['state'],
    FrameworkHappening,
    'framework.failoverExpired'
  >
  readonly agent: StateTable<AgentRecord['state'], AgentHappening, 'agent.reregistrationExpired'>
  readonly duty: StateTable<DutyRecord['state'], DutyHappening, never>
  readonly inverseOffer: StateTable<
    InverseOfferRecord['state'],
    InverseOfferHappening,
    'inverseOffer.expired'
  >
  readonly task: StateTable<
    TaskRecord['state'],
    Reported | `returned.${TaskRecord['state']}`,
    never
  >
}

/** A step of the master: its book, its turn, and the rules it plays by. */
export interface MasterStep extends Step<Ledger, MasterTimer, MasterEffect> {
  readonly charts: MasterCharts
  readonly policy: AllocationPolicy
  /** Remembers the frameworks' constraints in a form that is quick to ask. */
  readonly compiler: ConstraintCompiler
  /** What policies keep from round to round. */
  readonly memory: Map<string, object>
}

/** A message with its sender. */
export type From<M extends Message> = M & { readonly from: Address }

/**
 * The framework behind a call. A caller who was replaced by a newer instance is told so; one who
 * is not known, because the master or the link between them broke, is asked to register again.
 */
export function callingFramework(step: MasterStep, from: Address): FrameworkRecord | undefined {
  const framework = frameworkAt(step.book, from)
  if (framework?.state === 'connected') return framework
  const message = `${from} is not registered with this master; register before any other call`
  const isForgotten = !step.book.fenced.has(from)
  step.turn.send(from, { type: 'lifecycle.error', message, isForgotten })
  step.turn.mark('call.unregistered', message)
  return undefined
}

/** Tells a framework about tasks, if its scheduler listens. */
export function tell(step: MasterStep, framework: FrameworkRecord, updates: TaskStatus[]): void {
  if (framework.state !== 'connected' || updates.length === 0) return
  step.turn.send(framework.address, { type: 'task.update', updates })
}

/** Something became free or wanted: allocate soon. */
export function wantAllocation(step: MasterStep): void {
  const { candidates, allWanted } = step.book
  if (allWanted || candidates.size > 0) step.turn.raise({ type: 'allocation.wanted' })
}
