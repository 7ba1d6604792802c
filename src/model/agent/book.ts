import type {
  Address,
  AgentInfo,
  ExecutorInfo,
  FrameworkInfo,
  Reason,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../../messages/index.ts'
import type { AgentMemory } from '../../messages/records.ts'
import type { Conversion } from '../resources/conversions.ts'
import { type Quantities, toQuantities } from '../resources/quantities.ts'
import type { Timeouts } from '../timeouts.ts'

/** What an agent knows: its place in the cluster, and what runs on it for whom. */
export interface AgentBook {
  readonly explorable: boolean
  readonly timeouts: Timeouts
  readonly address: Address
  readonly info: AgentInfo
  /** What it has, as operations have made it. */
  resources: Readonly<Quantities>
  /** Operations whose folders are being made or removed, by number. */
  readonly operations: Map<number, readonly Conversion[]>
  /** The last operation of this master: numbers go up, so a repeated one is known. */
  lastOperation: number
  /** Whether a storage keeps what changes here for the agent's next life. */
  readonly durable: boolean
  /** Told apart from a restart of the agent by it: the run of the machine's operating system. */
  readonly bootId: string | undefined
  /** The cluster that it belongs to, as its master said. */
  clusterId?: string
  /** It left the cluster: nothing of it is left there but its id. */
  hasLeft: boolean
  /** How the last life ended, until the agent has seen to what it left. */
  past: 'none' | 'restarted' | 'rebooted'
  /** A random UUID of this run of the agent; its own updates are numbered under it. */
  readonly instance: string
  sequence: number
  seed: number
  id?: string
  /** On which terms it is being emptied, while it is; plain data. */
  drain?: {
    readonly maxGracePeriodMs?: number
    readonly markGone?: boolean
    /** When it heard of that first, in milliseconds since the epoch. */
    readonly startedAtMs?: number
  }
  /** Whether there is a master to report to. */
  masterKnown: boolean
  registrationAttempts: number
  /** How many of the master's calls have arrived; see `callsIn`. */
  heard: number
  readonly frameworks: Map<string, FrameworkOnAgent>
  /** Which executor lives where. */
  readonly executorAt: Map<Address, ExecutorRecord>
}

export interface FrameworkOnAgent {
  readonly id: string
  /** As its latest registration or launch says. */
  info: FrameworkInfo
  /** Whether the agent's next life is to know of it: its first description said so. */
  readonly isKept: boolean
  readonly executors: Map<string, ExecutorRecord>
  /** Tasks until their terminal update is acknowledged by the scheduler. */
  readonly tasks: Map<string, AgentTask>
  /** The updates of its last tasks that are over and acknowledged, by task; bounded. */
  readonly completed: Map<string, readonly string[]>
  /** Its executors are being ended, and nobody is told about its tasks any more. */
  terminating: boolean
}

/**
 * How a task's work is done: its own process, a call in this process, a thread of it, a program of
 * its framework, or as one of a group of processes.
 */
export type ExecutorKind = 'COMMAND' | ExecutorInfo['type']

export interface ExecutorRecord {
  readonly id: string
  readonly frameworkId: string
  readonly address: Address
  readonly kind: ExecutorKind
  /** What a program, or the executor of groups, was launched as. */
  readonly info?: ExecutorInfo
  /** Names this run of it for whoever asks over HTTP; absent when nobody can. */
  readonly containerId?: string
  /** It lived before the process of its agent did. */
  readonly isRecovered?: boolean
  /** How long its tasks have to end when it is shut down. */
  graceMs: number
  state: 'registering' | 'running' | 'terminating' | 'terminated'
  /** Tasks that wait for it to register. */
  queued: TaskInfo[]
  /** Some task was handed over to it. */
  isUsed: boolean
  /** Its tasks that have not ended. */
  readonly tasks: Set<string>
  /** Its tasks whose terminal update is not acknowledged yet. */
  unreported: number
  /** What its tasks ended with, when the agent ends it. */
  ending?: {
    readonly reason: Reason
    readonly message: string
    /** Said of its tasks in place of TASK_FAILED. */
    readonly state?: 'TASK_GONE' | 'TASK_DROPPED'
  }
}

export interface AgentTask {
  readonly info: TaskInfo
  readonly executorId: string
  /** Absent when it never got to one. */
  readonly executor?: ExecutorRecord
  /** Names the group that it was launched in: the id of the first task there. */
  readonly group?: string
  /** Its own container, within that of the executor of its group. */
  containerId?: string
  /** An executor speaks of it, but it is none of the tasks that run here. */
  isStray?: boolean
  state: TaskState
  readonly updates: UpdateStream
}

/** The updates of one task on their way to its scheduler. */
export interface UpdateStream {
  state: 'idle' | 'waiting' | 'paused' | 'closed'
  /** Unacknowledged, oldest first; only the first is ever on its way. */
  readonly queue: TaskStatus[]
  /** What was acknowledged before those; kept only by agents that have a port of their own. */
  acknowledged?: readonly TaskStatus[]
  /** How often the first was sent, and when it was last. */
  attempts: number
  sentAtMs: number
  /** The last updates that were taken, so that a repeated one is known. */
  readonly taken: string[]
}

export interface AgentOptions {
  readonly address: Address
  readonly info: AgentInfo
  readonly instance: string
  readonly seed: number
  readonly timeouts: Timeouts
  readonly explorable?: boolean
  /** What an earlier life left, perhaps nothing; with it the agent keeps what changes. */
  readonly memory?: AgentMemory
  readonly bootId?: string
}

export function createAgentBook(options: AgentOptions): AgentBook {
  return {
    explorable: options.explorable ?? false,
    durable: options.memory !== undefined,
    bootId: options.bootId,
    timeouts: options.timeouts,
    address: options.address,
    info: options.info,
    resources: toQuantities(options.info.resources),
    operations: new Map(),
    lastOperation: -1,
    instance: options.instance,
    sequence: 0,
    seed: options.seed,
    hasLeft: false,
    past: 'none',
    masterKnown: false,
    registrationAttempts: 0,
    heard: 0,
    frameworks: new Map(),
    executorAt: new Map(),
  }
}
