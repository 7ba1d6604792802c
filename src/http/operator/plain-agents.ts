import { type Attributes, pidOf } from '../../messages/index.ts'
import { reservedRole } from '../../model/resources/kinds.ts'
import { addTo, type Quantities } from '../../model/resources/quantities.ts'
import type { Json } from '../wire/json.ts'
import type { AgentPicture, Picture } from './picture.ts'
import {
  endpointByRole,
  endpointResources,
  plainAmount,
  plainResources,
  sumOf,
  visible,
  visibleByRole,
} from './resource-json.ts'
import { agentCapabilities, drainOf, isActiveAgent } from './v1-agents.ts'
import type { Viewer } from './viewer.ts'

/** An agent of the plain endpoints (Mesos: src/master/readonly_handler.cpp, SlaveWriter). */
export function plainAgent(agent: AgentPicture, viewer: Viewer, version: string): Json {
  const { id, record, times, used, offered } = agent
  const { info, duty } = record
  const { hostname, endpoint, attributes = {} } = info
  const { unreserved, byRole } = reservationsOf(visible(record.total, viewer.seesRole))
  const reserved = [...byRole].map(([role, amounts]) => [role, plainResources(amounts)])
  return {
    id,
    hostname,
    ...(endpoint && { port: endpoint.port }),
    attributes: plainAttributes(attributes),
    ...(endpoint && { pid: pidOf(endpoint) }),
    registered_time: times.registeredAtMs / 1_000,
    ...(times.reregisteredAtMs !== undefined && {
      reregistered_time: times.reregisteredAtMs / 1_000,
    }),
    resources: plainResources(record.total),
    used_resources: plainResources(sumOf(used)),
    offered_resources: plainResources(sumOf(offered)),
    reserved_resources: Object.fromEntries(reserved),
    unreserved_resources: plainResources(unreserved),
    active: isActiveAgent(record),
    deactivated: duty.state !== 'active',
    version,
    capabilities: agentCapabilities,
    ...plainDrain(agent),
  }
}

/** The same with all that resources say of themselves, as `/slaves` has it. */
export function fullAgent(agent: AgentPicture, viewer: Viewer, version: string): Json {
  const { unreserved, byRole } = reservationsOf(visible(agent.record.total, viewer.seesRole))
  const reserved = [...byRole].map(([role, amounts]) => [role, endpointResources(amounts)])
  return {
    ...plainAgent(agent, viewer, version),
    reserved_resources_full: Object.fromEntries(reserved),
    unreserved_resources_full: endpointResources(unreserved),
    used_resources_full: endpointByRole(visibleByRole(agent.used, viewer)),
    offered_resources_full: endpointByRole(visibleByRole(agent.offered, viewer)),
  }
}

/** The agents that the last master knew and that are not back yet. */
export function recoveredAgents({ recovered }: Picture): Json[] {
  return recovered.map(({ id, info: { hostname, endpoint, attributes = {} } }) => ({
    id,
    hostname,
    ...(endpoint && { port: endpoint.port }),
    attributes: plainAttributes(attributes),
  }))
}

/** Amounts by the role for which they are reserved, if they are. */
export function reservationsOf(amounts: Readonly<Quantities>) {
  const unreserved: Quantities = {}
  const byRole = new Map<string, Quantities>()
  for (const [key, amount] of Object.entries(amounts)) {
    const role = reservedRole(key)
    const account = role === undefined ? unreserved : (byRole.get(role) ?? {})
    addTo(account, { [key]: amount })
    if (role !== undefined) byRole.set(role, account)
  }
  return { unreserved, byRole }
}

/** Attributes as the plain endpoints have them: lists are texts. */
export function plainAttributes(attributes: Attributes): Json {
  const plain = Object.entries(attributes).map(([name, value]) => [
    name,
    typeof value === 'object' ? plainAmount(value) : value,
  ])
  return Object.fromEntries(plain)
}

function plainDrain({ record, drainStartedAtMs }: AgentPicture): Json {
  const { drain_info } = drainOf(record.duty, undefined)
  if (drain_info === undefined) return {}
  return {
    drain_info,
    ...(drainStartedAtMs !== undefined && {
      estimated_drain_start_time_seconds: drainStartedAtMs / 1_000,
    }),
  }
}
