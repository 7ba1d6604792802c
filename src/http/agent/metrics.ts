import { cpus, loadavg, totalmem } from 'node:os'
import { isTerminal } from '../../model/task-states.ts'
import type { AgentPorts } from './ports.ts'

const executorStates = ['registering', 'running', 'terminating', 'terminated'] as const
const taskStates = ['staging', 'starting', 'running', 'killing'] as const

/** Everything that is counted and measured, by Mesos' names (docs/monitoring.md). */
export function agentMetrics(ports: AgentPorts): Readonly<Record<string, number>> {
  const { clock, facts, past } = ports
  const { frameworks, masterKnown } = ports.book()
  const executors = [...frameworks.values()].flatMap((one) => [...one.executors.values()])
  const tasks = [...frameworks.values()].flatMap((one) => [...one.tasks.values()])
  const metrics: Record<string, number> = {
    'slave/registered': masterKnown ? 1 : 0,
    'slave/uptime_secs': (clock.now() - facts.startedAtMs) / 1_000,
    'slave/frameworks_active': frameworks.size,
  }
  for (const state of executorStates) {
    metrics[`slave/executors_${state}`] = executors.filter((one) => one.state === state).length
  }
  for (const state of taskStates) {
    const name = `TASK_${state.toUpperCase()}`
    metrics[`slave/tasks_${state}`] = tasks.filter((task) => task.state === name).length
  }
  metrics['slave/tasks_unacknowledged'] = tasks.filter(({ state }) => isTerminal(state)).length
  for (const [state, count] of past.counts) {
    metrics[`slave/tasks_${state.slice('TASK_'.length).toLowerCase()}`] = count
  }
  const [minute = 0, fiveMinutes = 0, quarter = 0] = loadavg()
  return {
    ...metrics,
    'system/cpus_total': cpus().length,
    'system/load_1min': minute,
    'system/load_5min': fiveMinutes,
    'system/load_15min': quarter,
    'system/mem_total_bytes': totalmem(),
  }
}
