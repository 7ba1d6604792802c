import { type AgentInfo, pidOf } from '../../messages/index.ts'
import type { DutyRecord } from '../../model/ledger/records.ts'
import { toQuantities, toResources } from '../../model/resources/quantities.ts'
import { writeAttributes } from '../wire/attributes.ts'
import { type Json, withoutEmpty, writeDuration } from '../wire/json.ts'
import { writeResources } from '../wire/resources.ts'
import type { AgentPicture, Picture } from './picture.ts'
import { endpointByRole, endpointResources, visible, visibleByRole } from './resource-json.ts'
import { listOf, objectOf } from './slices.ts'
import type { Viewer } from './viewer.ts'

/** What agents can do, in Mesos' words. */
export const agentCapabilities = [
  'MULTI_ROLE',
  'HIERARCHICAL_ROLE',
  'RESERVATION_REFINEMENT',
  'RESIZE_VOLUME',
  'AGENT_OPERATION_FEEDBACK',
  'AGENT_DRAINING',
] as const

/** GET_AGENTS. */
export function getAgents(picture: Picture, viewer: Viewer, version: string): Generator<string> {
  return objectOf({
    agents: listOf(mapped(picture.agents, (agent) => answered(agent, viewer, version))),
    recovered_agents: listOf(
      mapped(picture.recovered, ({ id, info }) => answeredInfo(id, info, viewer)),
    ),
  })
}

function* mapped<Item>(items: Iterable<Item>, write: (item: Item) => Json): Generator<string> {
  for (const item of items) yield JSON.stringify(write(item))
}

function answered(agent: AgentPicture, viewer: Viewer, version: string): Json {
  const agent_info = answeredInfo(agent.id, agent.record.info, viewer)
  return { ...v1Agent(agent, viewer, version), agent_info }
}

/**
 * Mesos' answers have `checkpoint`, which its events have not: v1 knows no such field, but answers
 * are written from the older form (src/master/readonly_handler.cpp).
 */
function answeredInfo(id: string, info: AgentInfo, viewer: Viewer): Json {
  return { ...agentInfo(id, info, viewer), checkpoint: info.checkpoints ?? false }
}

/** An agent as operators see it (Mesos: createAgentResponse). */
export function v1Agent(agent: AgentPicture, viewer: Viewer, version: string): Json {
  const { id, record, times, used, offered } = agent
  const { info, duty, total } = record
  const { endpoint } = info
  return withoutEmpty({
    agent_info: agentInfo(id, info, viewer),
    active: isActiveAgent(record),
    deactivated: duty.state !== 'active',
    version,
    ...(endpoint && { pid: pidOf(endpoint) }),
    registered_time: writeDuration(times.registeredAtMs),
    ...(times.reregisteredAtMs !== undefined && {
      reregistered_time: writeDuration(times.reregisteredAtMs),
    }),
    total_resources: endpointResources(visible(total, viewer.seesRole)),
    allocated_resources: endpointByRole(visibleByRole(used, viewer)),
    offered_resources: endpointByRole(visibleByRole(offered, viewer)),
    capabilities: agentCapabilities.map((type) => ({ type })),
    ...drainOf(duty, agent.drainStartedAtMs),
  })
}

export function isActiveAgent({ state, duty }: AgentPicture['record']): boolean {
  return state === 'connected' && duty.state === 'active'
}

function agentInfo(id: string, info: AgentInfo, viewer: Viewer): Json {
  const resources = visible(toQuantities(info.resources), viewer.seesRole)
  const { hostname, endpoint, attributes = {} } = info
  return withoutEmpty({
    id: { value: id },
    hostname,
    ...(endpoint && { port: endpoint.port }),
    resources: writeResources(toResources(resources), { refined: true }),
    attributes: writeAttributes(attributes),
  })
}

/** How far an agent is that is emptied, or was. */
export function drainOf(duty: DutyRecord, startedAtMs: number | undefined): Json {
  if (duty.drain === undefined) return {}
  return {
    drain_info: {
      state: duty.state === 'drained' ? 'DRAINED' : 'DRAINING',
      config: drainConfig(duty.drain),
    },
    ...(startedAtMs !== undefined && { estimated_drain_start_time: writeDuration(startedAtMs) }),
  }
}

/** On which terms an agent is emptied. */
export function drainConfig({
  maxGracePeriodMs,
  markGone = false,
}: NonNullable<DutyRecord['drain']>): Json {
  return {
    ...(maxGracePeriodMs !== undefined && { max_grace_period: writeDuration(maxGracePeriodMs) }),
    mark_gone: markGone,
  }
}
