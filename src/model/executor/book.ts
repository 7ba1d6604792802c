import type {
  Address,
  CheckStatus,
  FrameworkInfo,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../../messages/index.ts'
import type { StateTable } from '../tables.ts'
import type { Timeouts } from '../timeouts.ts'
import type { Step } from '../turn.ts'

/** What an executor knows. */
export interface ExecutorBook {
  readonly explorable: boolean
  readonly timeouts: Timeouts
  /** The agent it reports to. */
  readonly agent: Address
  readonly frameworkId: string
  readonly executorId: string
  /** Ends itself when all its tasks have ended and are reported: that of commands. */
  readonly endsWithTasks: boolean
  /** A random UUID of this run; its updates are numbered under it. */
  readonly instance: string
  sequence: number
  framework?: FrameworkInfo
  readonly runs: Map<string, RunRecord>
  /** Updates that the agent has not acknowledged, by task, oldest first; no task without any. */
  readonly unacknowledged: Map<string, readonly TaskStatus[]>
  /** Whether somebody looks after the unacknowledged ones in a while. */
  retrying: boolean
}

/** Why work is ended that has not come to an end by itself. */
export type RunEnding = 'killed' | 'tooLong' | 'unhealthy'

/** The work of one task. */
export interface RunRecord {
  readonly task: TaskInfo
  /** Names the group that it was launched in: when it goes wrong, the others there are ended. */
  readonly group?: string
  state: 'starting' | 'running' | 'stopping' | 'killing' | 'ended'
  /** Why it is being ended, if it is; the first reason counts. */
  ending?: RunEnding
  /** The last state that the agent took of it before its process was started anew. */
  told?: TaskState
  /** How long it has to end, from when it is asked to first. */
  graceMs: number
  /** When it was asked to end first, in milliseconds. */
  stoppedAt?: number
  startedAt?: number
  sandbox?: string
  failedChecks: number
  healthy?: boolean
  lastCheck?: string
  /** Another one of its group was ended because its health checks failed. */
  isUnhealthyGroup?: boolean
  /** What its check found last, if it has one. */
  checkStatus?: CheckStatus
}

/** A task that had not ended when its agent's process did. */
export interface RecoveredTask {
  readonly task: TaskInfo
  /** The last state that the agent had taken. */
  readonly state: TaskState
  readonly group?: string
}

export interface ExecutorOptions {
  readonly agent: Address
  readonly frameworkId: string
  readonly executorId: string
  readonly endsWithTasks: boolean
  readonly instance: string
  readonly timeouts: Timeouts
  readonly explorable?: boolean
  /** The tasks that it ran already when an earlier process of its agent hosted it. */
  readonly recovered?: readonly RecoveredTask[]
}

export function createExecutorBook(options: ExecutorOptions): ExecutorBook {
  const { explorable = false, recovered = [], ...known } = options
  return {
    ...known,
    explorable,
    sequence: 0,
    runs: new Map(recovered.map((run) => [run.task.taskId, recoveredRun(run, known.timeouts)])),
    unacknowledged: new Map(),
    retrying: false,
  }
}

/** Nobody knows yet what became of it: its runner tells. */
function recoveredRun(
  { task, state: told, group }: RecoveredTask,
  { killGraceMs }: Timeouts,
): RunRecord {
  const graceMs = task.killPolicy?.gracePeriodMs ?? killGraceMs
  const run = { task, state: 'starting', told, graceMs, failedChecks: 0 } as const
  return group === undefined ? run : { ...run, group }
}

type RunTimerType =
  `run.${'graceExpired' | 'completionTimeReached' | 'checkDue' | 'statusCheckDue'}`

export type ExecutorTimer =
  | { readonly type: RunTimerType; readonly taskId: string }
  | { readonly type: 'registration.due' }
  | { readonly type: 'updates.retryDue' }

/** What an executor's host does for it, through its runner. */
export type ExecutorEffect =
  | { readonly type: 'startRun' | 'resumeRun'; readonly task: TaskInfo }
  | {
      readonly type: 'stopRun'
      readonly taskId: string
      readonly how: 'terminate' | 'kill'
      readonly why: RunEnding
    }
  | { readonly type: 'checkRun' | 'observeRun'; readonly task: TaskInfo }

/** The work of a task has begun, or goes on. */
export interface RunStarted {
  readonly taskId: string
  /** When it began, if that was not just now, in milliseconds since the epoch. */
  readonly startedAtMs?: number
  /** Why it was asked to end before it was taken up again, if it was. */
  readonly stopped?: RunEnding
  readonly sandbox?: string
}

/** The work of a task is over. */
export interface RunExited {
  readonly taskId: string
  /** It came to its own good end: exit code 0, a returned function. */
  readonly succeeded: boolean
  /** False when it could not even begin: no such command, no default export. */
  readonly launched: boolean
  /** False when what it needs, files and a folder, could not be had: Mesos’ agents see to that. */
  readonly prepared?: boolean
  readonly exitCode?: number
  readonly signal?: string
  /** A sentence for a person: why it failed. */
  readonly message?: string
  readonly sandbox?: string
  /** Why it was asked to end before it was taken up again, if it was. */
  readonly stopped?: RunEnding
}

/** One health check of a running task was made. */
export interface RunChecked {
  readonly taskId: string
  readonly healthy: boolean
  readonly message?: string
}

/** What a check of a running task found, which is only told. */
export interface RunStatusChecked {
  readonly taskId: string
  readonly checkStatus: CheckStatus
}

type RunHappening =
  | `run.${'started' | 'killRequested' | 'checked' | 'statusChecked' | 'exited'}`
  | RunTimerType

export interface ExecutorStep extends Step<ExecutorBook, ExecutorTimer, ExecutorEffect> {
  readonly runs: StateTable<RunRecord['state'], RunHappening, RunTimerType>
}
