import type { Address, ExecutorInfo } from '../../messages/index.ts'
import { assert } from '../assert.ts'
import type { RecoveredTask } from '../executor/book.ts'
import type { VolumeId } from '../resources/volumes.ts'
import type { StateTable } from '../tables.ts'
import type { Reported } from '../task-states.ts'
import type { Step } from '../turn.ts'
import type {
  AgentBook,
  AgentTask,
  ExecutorKind,
  ExecutorRecord,
  FrameworkOnAgent,
  UpdateStream,
} from './book.ts'

export type AgentTimer =
  | { readonly type: 'recovery.due' }
  | { readonly type: 'registration.due' }
  | { readonly type: 'master.silent' }
  | {
      readonly type: 'executor.registrationExpired' | 'executor.graceExpired'
      readonly address: Address
    }
  | { readonly type: 'update.retryDue'; readonly frameworkId: string; readonly taskId: string }

/** What an agent's host does for it. */
export type AgentEffect =
  | {
      readonly type: 'launchExecutor'
      readonly address: Address
      readonly kind: ExecutorKind
      readonly frameworkId: string
      readonly executorId: string
      /** Those of its framework. */
      readonly roles: readonly string[]
      /** As whom it is to run. */
      readonly user: UserWishes
      /** Whether its work is to outlive the process of this agent. */
      readonly survives: boolean
      readonly containerId?: string
      /** It lived before the agent's process did: its tasks that had not ended. */
      readonly recovered?: readonly RecoveredTask[]
      /** What a program is started with. */
      readonly program?: Program
    }
  | { readonly type: 'destroyExecutor'; readonly address: Address }
  | ({ readonly type: 'report' } & AgentReport)
  | {
      readonly type: 'createVolumes' | 'destroyVolumes'
      /** Named in the answer of the host, `volumes.changed`. */
      readonly operationNumber: number
      readonly volumes: readonly VolumeId[]
    }

/** Whom somebody names as the user of a process: a command counts before its framework. */
export interface UserWishes {
  readonly command?: string | undefined
  readonly framework?: string | undefined
}

/** What the host of an executor that is a program has to know to start it, or to find it again. */
export interface Program {
  readonly info: ExecutorInfo
  /** The agent's, whose tasks it does. */
  readonly agentId: string
  /** Whether it is to wait for its agent when that is away. */
  readonly checkpoint: boolean
  /** How long it has to end when it is asked to. */
  readonly graceMs: number
}

/** What the agent forgets, for whoever keeps its history. */
export type AgentReport = { readonly framework: FrameworkOnAgent } & (
  | { readonly what: 'taskEnded'; readonly task: AgentTask }
  | { readonly what: 'executorEnded'; readonly executor: ExecutorRecord }
)

/** The host's answer: folders were made or removed, all of them or, with a problem, none. */
export interface VolumesChanged {
  readonly operationNumber: number
  readonly problem?: string
}

type ExecutorHappening =
  `executor.${'registered' | 'registrationExpired' | 'shutdownRequested' | 'graceExpired' | 'exited'}`
type UpdateHappening =
  `update.${'appended' | 'headAcknowledged' | 'allAcknowledged' | 'terminalAcknowledged' | 'retryDue' | 'masterLost' | 'masterFound' | 'schedulerFound'}`

export interface AgentCharts {
  readonly executor: StateTable<
    ExecutorRecord['state'],
    ExecutorHappening,
    'executor.registrationExpired' | 'executor.graceExpired'
  >
  readonly updates: StateTable<UpdateStream['state'], UpdateHappening, 'update.retryDue'>
  readonly task: StateTable<AgentTask['state'], Reported | `returned.${AgentTask['state']}`, never>
}

export interface AgentStep extends Step<AgentBook, AgentTimer, AgentEffect> {
  readonly charts: AgentCharts
}

/** The agent's id; whoever asks for it has seen a registration. */
export function agentId(book: AgentBook): string {
  const { id } = book
  assert(id !== undefined, () => `${book.address} has work but no id`)
  return id
}
