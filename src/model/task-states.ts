import type { TaskState } from '../messages/index.ts'

const terminal: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
])

/**
 * The task has ended and holds nothing (Mesos: isTerminalState in src/common/protobuf_utils.cpp).
 */
export function isTerminal(state: TaskState): boolean {
  return terminal.has(state)
}

/** What a status reports, as the event that moves a tracked task. */
export type Reported = `reported.${TaskState}`

/**
 * What a framework is told: one that is not partition-aware knows only TASK_LOST for everything
 * that happens to a task out of its sight (protocol of Mesos 1.1 and newer).
 */
export function stateFor(
  framework: { readonly capabilities?: readonly string[] },
  state:
    | 'TASK_DROPPED'
    | 'TASK_UNREACHABLE'
    | 'TASK_GONE'
    | 'TASK_GONE_BY_OPERATOR'
    | 'TASK_UNKNOWN',
): TaskState {
  return framework.capabilities?.includes('PARTITION_AWARE') ? state : 'TASK_LOST'
}
