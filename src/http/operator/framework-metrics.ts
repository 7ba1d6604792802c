import { taskStates } from '../../messages/index.ts'
import type { FrameworkRecord } from '../../model/ledger/records.ts'
import { isTerminal } from '../../model/task-states.ts'
import type { OperatorPorts } from './ports.ts'
import { TaskCounts } from './task-counts.ts'

/** How frameworks stand, and what each has said and was told (Mesos: FrameworkMetrics). */
export function frameworkMetrics({ ledger, history, talk }: OperatorPorts): Record<string, number> {
  const { frameworks } = ledger()
  let connected = 0
  const metrics: Record<string, number> = {}
  for (const framework of frameworks.values()) {
    const isConnected = framework.state === 'connected'
    if (isConnected) connected++
    const prefix = prefixOf(framework)
    metrics[`${prefix}/subscribed`] = isConnected ? 1 : 0
    for (const role of framework.info.roles) {
      const isSuppressed = framework.suppressedRoles.has(role)
      metrics[`${prefix}/roles/${role}/suppressed`] = isSuppressed ? 1 : 0
    }
    for (const [name, value] of Object.entries(talk?.metricsOf(framework.id) ?? {})) {
      metrics[`${prefix}/${name}`] = value
    }
    addTasks(metrics, prefix, history.frameworks.get(framework.id)?.counts ?? new TaskCounts())
  }
  return {
    'master/frameworks_connected': connected,
    'master/frameworks_disconnected': frameworks.size - connected,
    'master/frameworks_active': connected,
    'master/frameworks_inactive': frameworks.size - connected,
    ...metrics,
  }
}

function prefixOf({ id, info }: FrameworkRecord): string {
  return `master/frameworks/${encodeURIComponent(info.name)}/${id}`
}

function addTasks(metrics: Record<string, number>, prefix: string, counts: TaskCounts): void {
  for (const state of taskStates) {
    const name = state.toLowerCase()
    if (isTerminal(state)) metrics[`${prefix}/tasks/terminal/${name}`] = counts.ended(state)
    else metrics[`${prefix}/tasks/active/${name}`] = counts.living(state)
  }
}
