import type { TaskState } from '../../messages/index.ts'
import type { AgentBook, AgentTask } from '../../model/agent/book.ts'
import { scalarsByName } from '../../model/resources/kinds.ts'
import { thousandths } from '../../model/resources/quantities.ts'
import { isTerminal } from '../../model/task-states.ts'
import { systemMetrics } from '../operator/system-metrics.ts'
import { heldOn } from './held.ts'
import type { AgentPast } from './past.ts'
import type { AgentPorts } from './ports.ts'

const executorStates = ['registering', 'running', 'terminating'] as const
const taskStates = ['staging', 'starting', 'running', 'killing'] as const
/** Those that Mesos always counts; of others there is a number when there was one. */
const ends = ['finished', 'failed', 'killed', 'lost', 'gone'] as const
const kinds = ['cpus', 'gpus', 'mem', 'disk'] as const

/** Everything that is counted and measured, by Mesos' names. */
export function agentMetrics(ports: AgentPorts): Readonly<Record<string, number>> {
  const { clock, facts, past } = ports
  const book = ports.book()
  const { frameworks, masterKnown } = book
  const executors = [...frameworks.values()].flatMap((one) => [...one.executors.values()])
  const tasks = [...frameworks.values()].flatMap((one) => [...one.tasks.values()])
  const over = executors.filter(({ state }) => state === 'terminated').length
  const metrics: Record<string, number> = {
    'slave/registered': masterKnown ? 1 : 0,
    'slave/uptime_secs': (clock.now() - facts.startedAtMs) / 1_000,
    'slave/frameworks_active': frameworks.size,
    'slave/executors_terminated': past.executorsEnded + over,
    // No agent takes back by itself what is revocable.
    'slave/executors_preempted': 0,
    'slave/recovery_errors': facts.damagedRecords ?? 0,
    ...ports.counted(),
    ...endedMetrics(past, tasks),
    ...resourceMetrics(book),
  }
  for (const state of executorStates) {
    metrics[`slave/executors_${state}`] = executors.filter((one) => one.state === state).length
  }
  for (const state of taskStates) {
    const name = `TASK_${state.toUpperCase()}`
    metrics[`slave/tasks_${state}`] = tasks.filter((task) => task.state === name).length
  }
  metrics['slave/tasks_unacknowledged'] = tasks.filter(({ state }) => isTerminal(state)).length
  return { ...metrics, ...systemMetrics() }
}

/** Ends of tasks since the start, those too of which nobody has heard yet. */
function endedMetrics({ counts }: AgentPast, tasks: readonly AgentTask[]): Record<string, number> {
  const metrics: Record<string, number> = {}
  for (const end of ends) metrics[`slave/tasks_${end}`] = 0
  const add = (state: TaskState, count: number): void => {
    const name = `slave/tasks_${state.slice('TASK_'.length).toLowerCase()}`
    metrics[name] = (metrics[name] ?? 0) + count
  }
  for (const [state, count] of counts) add(state, count)
  for (const { state } of tasks) if (isTerminal(state)) add(state, 1)
  return metrics
}

/** The scalars that it has, and that executors and tasks hold. */
function resourceMetrics(book: AgentBook): Record<string, number> {
  const [total, held] = [scalarsByName(book.resources), scalarsByName(heldOn(book))]
  const metrics: Record<string, number> = {}
  for (const kind of kinds) {
    const [has, used] = [total[kind] ?? 0, held[kind] ?? 0]
    metrics[`slave/${kind}_total`] = has / thousandths
    metrics[`slave/${kind}_used`] = used / thousandths
    metrics[`slave/${kind}_percent`] = has === 0 ? 0 : used / has
  }
  return metrics
}
