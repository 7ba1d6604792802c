import type { Accept } from '../../messages/allocation.ts'
import type {
  Address,
  FrameworkInfo,
  InverseOffer,
  Offer,
  OperationStatus,
  TaskStatus,
} from '../../messages/index.ts'
import type { Failure } from '../../messages/lifecycle.ts'
import type { Launch } from '../../messages/task.ts'
import type { Timeouts } from '../timeouts.ts'
import type { Step } from '../turn.ts'

/**
 * What a scheduler actor knows: its membership and its open offers. What to do with them is its
 * owner's business.
 */
export interface SchedulerBook {
  readonly explorable: boolean
  readonly timeouts: Timeouts
  readonly address: Address
  readonly info: FrameworkInfo
  readonly suppressedRoles: Set<string>
  /** Roles whose wish changed after the registration that is under way was sent. */
  readonly untoldRoles: Set<string>
  seed: number
  registrationAttempts: number
  frameworkId?: string
  /** The agents of its tasks that have not ended, as far as it was told. */
  readonly tasks: Map<string, string | undefined>
  /** Tasks whose state was asked for, and the agents they may be on; none had an answer yet. */
  readonly asked: Map<string, string | undefined>
  reconciliationAttempts: number
  /** Agents of the offers that were neither answered nor rescinded. */
  readonly offers: Map<string, string>
  /** The last updates that the owner saw, so that a repeated one is only acknowledged. */
  readonly seen: Recent
  /** The last tasks whose end the owner was told in their agent's words: nothing else is true. */
  readonly ended: Recent
}

/** The last of many: two generations, the older dropped as a whole when the newer is full. */
export interface Recent {
  newer: Set<string>
  older: Set<string>
}

export interface SchedulerOptions {
  readonly address: Address
  readonly info: FrameworkInfo
  readonly suppressedRoles?: readonly string[]
  /** The id of the framework, when another instance of its scheduler registered it. */
  readonly frameworkId?: string
  readonly seed: number
  readonly timeouts: Timeouts
  readonly explorable?: boolean
}

export function createSchedulerBook(options: SchedulerOptions): SchedulerBook {
  return {
    explorable: options.explorable ?? false,
    timeouts: options.timeouts,
    address: options.address,
    info: options.info,
    suppressedRoles: new Set(options.suppressedRoles),
    untoldRoles: new Set(),
    seed: options.seed,
    registrationAttempts: 0,
    ...(options.frameworkId !== undefined && { frameworkId: options.frameworkId }),
    tasks: new Map(),
    asked: new Map(),
    reconciliationAttempts: 0,
    offers: new Map(),
    seen: { newer: new Set(), older: new Set() },
    ended: { newer: new Set(), older: new Set() },
  }
}

/** What the owner of a scheduler is told. */
export type Notice =
  | { readonly type: 'registered'; readonly frameworkId: string }
  | { readonly type: 'disconnected'; readonly message: string }
  | { readonly type: 'offers'; readonly offers: readonly Offer[] }
  | { readonly type: 'rescinded'; readonly offerIds: readonly string[] }
  | { readonly type: 'inverseOffers'; readonly offers: readonly InverseOffer[] }
  | { readonly type: 'inverseRescinded'; readonly inverseOfferIds: readonly string[] }
  | { readonly type: 'updates'; readonly updates: readonly TaskStatus[] }
  | { readonly type: 'operations'; readonly updates: readonly OperationStatus[] }
  | {
      readonly type: 'message'
      readonly agentId: string
      readonly executorId: string
      readonly data: string
    }
  | { readonly type: 'failure'; readonly failure: Failure }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'stopped' }

export interface SchedulerEffect {
  readonly type: 'notify'
  readonly notice: Notice
}

export type SchedulerTimer =
  | { readonly type: 'registration.due' }
  | { readonly type: 'master.silent' }
  | { readonly type: 'reconciliation.due' }

/** What the owner of a scheduler wants. */
export type Call =
  | ({ readonly type: 'call.launch' } & Omit<Launch, 'type'>)
  | ({ readonly type: 'call.accept' } & Omit<Accept, 'type'>)
  | {
      readonly type: 'call.decline'
      readonly offerIds: string[]
      readonly filters?: { refuseSeconds?: number }
    }
  | {
      readonly type: 'call.acceptInverse' | 'call.declineInverse'
      readonly inverseOfferIds: string[]
      readonly filters?: { refuseSeconds?: number }
    }
  | { readonly type: 'call.revive' | 'call.suppress'; readonly roles?: string[] }
  | {
      readonly type: 'call.request'
      readonly requests: { agentId?: string; resources: Offer['resources'] }[]
    }
  | {
      readonly type: 'call.kill'
      readonly kills: { taskId: string; agentId?: string; killPolicy?: { gracePeriodMs: number } }[]
    }
  | {
      readonly type: 'call.reconcile'
      readonly tasks: { taskId: string; agentId?: string }[]
    }
  | {
      readonly type: 'call.message'
      readonly agentId: string
      readonly executorId: string
      readonly data: string
    }
  | {
      readonly type: 'call.shutdownExecutor'
      readonly agentId: string
      readonly executorId: string
    }
  | { readonly type: 'call.stop' }

export type SchedulerStep = Step<SchedulerBook, SchedulerTimer, SchedulerEffect>
export type CallOf<Type extends Call['type']> = Extract<Call, { type: Type }>
