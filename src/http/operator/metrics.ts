import { taskStates } from '../../messages/index.ts'
import { activeFilters } from '../../model/allocation/filters.ts'
import { isActive } from '../../model/ledger/accounts.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { AgentRecord, Quota } from '../../model/ledger/records.ts'
import { isRevocable, nameOf } from '../../model/resources/kinds.ts'
import { type Quantities, thousandths } from '../../model/resources/quantities.ts'
import { isTerminal } from '../../model/task-states.ts'
import { frameworkMetrics } from './framework-metrics.ts'
import type { History } from './history.ts'
import type { OperatorPorts } from './ports.ts'
import { systemMetrics } from './system-metrics.ts'

type Metrics = Readonly<Record<string, number>>

/** Everything that is counted and measured, by Mesos' names (docs/monitoring.md). */
export function metricsOf(ports: OperatorPorts): Metrics {
  const { clock, facts, history, metrics } = ports
  const ledger = ports.ledger()
  return {
    'master/elected': 1,
    'master/uptime_secs': (clock.now() - facts.startedAtMs) / 1_000,
    ...agentMetrics(ledger, history),
    ...frameworkMetrics(ports),
    'master/outstanding_offers': ledger.offers.size,
    ...taskMetrics(history),
    ...resourceMetrics(ledger),
    ...allocatorMetrics(ledger),
    ...filterMetrics(ledger, clock.now()),
    ...neverAny,
    ...systemMetrics(),
    ...metrics?.(),
  }
}

/** What Mesos counts and nobody here ever has: a master answers as soon as it is one, in turns. */
const neverAny: Metrics = {
  'master/dropped_messages': 0,
  'master/event_queue_dispatches': 0,
  'master/event_queue_messages': 0,
  'master/event_queue_http_requests': 0,
  'master/http_cache_hits': 0,
  'allocator/mesos/event_queue_dispatches': 0,
  // Whoever asks is answered by a master that has read its registry.
  'registrar/log/recovered': 1,
}

function agentMetrics({ agents }: Ledger, { agentCounts }: History): Metrics {
  const all = [...agents.values()]
  const count = (is: (agent: AgentRecord) => boolean): number => all.filter(is).length
  const connected = count(({ state }) => state === 'connected')
  const active = count(isActive)
  const disconnected = count(({ state }) => state === 'disconnected')
  return {
    'master/slaves_connected': connected,
    'master/slaves_disconnected': disconnected,
    'master/slaves_active': active,
    'master/slaves_inactive': connected + disconnected - active,
    'master/slaves_unreachable': count(({ state }) => state === 'unreachable'),
    ...agentCounts.metrics,
  }
}

/** Living tasks as they are, ended ones since the start. */
function taskMetrics({ counts }: History): Metrics {
  const metrics: Record<string, number> = {}
  for (const state of taskStates) {
    if (state === 'TASK_UNKNOWN') continue
    const name = `master/tasks_${state.slice('TASK_'.length).toLowerCase()}`
    metrics[name] = isTerminal(state) ? counts.ended(state) : counts.living(state)
  }
  for (const [name, count] of counts.reasons) metrics[`master/${name}`] = count
  return metrics
}

/** The scalars of agents that may be offered. */
function resourceMetrics({ agents }: Ledger): Metrics {
  const total: Record<string, number> = { cpus: 0, mem: 0, disk: 0, gpus: 0 }
  const used: Record<string, number> = {}
  for (const kind of ['cpus', 'mem', 'disk', 'gpus']) total[`${kind}_revocable`] = 0
  for (const agent of agents.values()) {
    if (!isActive(agent)) continue
    addByName(total, agent.total)
    addByName(used, agent.used)
  }
  const metrics: Record<string, number> = {}
  for (const [name, amount] of Object.entries(total)) {
    const taken = used[name] ?? 0
    metrics[`master/${name}_total`] = amount / thousandths
    metrics[`master/${name}_used`] = taken / thousandths
    metrics[`master/${name}_percent`] = amount === 0 ? 0 : taken / amount
  }
  return metrics
}

function addByName(sums: Record<string, number>, amounts: Readonly<Quantities>): void {
  for (const key in amounts) {
    const amount = amounts[key]
    if (typeof amount !== 'number') continue
    const name = isRevocable(key) ? `${nameOf(key)}_revocable` : nameOf(key)
    sums[name] = (sums[name] ?? 0) + amount
  }
}

function allocatorMetrics(ledger: Ledger): Metrics {
  const metrics: Record<string, number> = {}
  const root = ledger.roles.get('')
  for (const name of ['cpus', 'mem', 'disk']) {
    const prefix = `allocator/mesos/resources/${name}`
    let allocated = 0
    for (const { clients } of ledger.roles.values()) {
      for (const client of clients) allocated += client.allocated[name] ?? 0
    }
    metrics[`${prefix}/total`] = (ledger.capacity[name] ?? 0) / thousandths
    metrics[`${prefix}/offered_or_allocated`] = allocated / thousandths
  }
  for (const { path, quota, held, reserved } of root?.children ?? []) {
    for (const [kind, amounts] of amountsOf(quota)) {
      for (const [name, amount] of Object.entries(amounts)) {
        const prefix = `allocator/mesos/quota/roles/${path}/resources/${name}`
        metrics[`${prefix}/${kind}`] = amount / thousandths
        const consumed = (held[name] ?? 0) + (reserved[name] ?? 0)
        metrics[`${prefix}/offered_or_allocated`] = consumed / thousandths
      }
    }
  }
  return metrics
}

/** How many refusals keep offers from the frameworks of each role. */
function filterMetrics({ agents, roles }: Ledger, atMs: number): Metrics {
  const counts = activeFilters(agents.values(), atMs)
  const metrics: Record<string, number> = {}
  for (const path of roles.keys()) {
    if (path === '') continue
    metrics[`allocator/mesos/offer_filters/roles/${path}/active`] = counts.get(path) ?? 0
  }
  return metrics
}

function amountsOf(quota: Quota | undefined) {
  if (quota === undefined) return []
  return [
    ['guarantee', quota.guarantees],
    ['limit', quota.limits],
  ] as const
}
