import { pidOf } from '../../messages/index.ts'
import type { AgentBook } from '../../model/agent/book.ts'
import type { Quantities } from '../../model/resources/quantities.ts'
import { plainAttributes, reservationsOf } from '../operator/plain-agents.ts'
import { endpointResources, plainResources, visible } from '../operator/resource-json.ts'
import { agentCapabilities, drainConfig } from '../operator/v1-agents.ts'
import type { Viewer } from '../operator/viewer.ts'
import { build } from '../server/plain-routes.ts'
import type { Json } from '../wire/json.ts'
import { heldOn } from './held.ts'
import { plainExecutor } from './json.ts'
import { type ExecutorPicture, type FrameworkPicture, heldBy, takePicture } from './picture.ts'
import type { AgentPorts } from './ports.ts'

/** `/state` (Mesos: src/slave/http.cpp, state). */
export function plainState(ports: AgentPorts, viewer: Viewer): Json {
  const { facts } = ports
  const book = ports.book()
  const { id = '', info } = book
  const frameworks = takePicture(ports, viewer)
  const list = (isOver: boolean): Json[] =>
    frameworks.filter((one) => one.isOver === isOver).map((one) => plainFramework(ports, id, one))
  return {
    version: facts.version,
    ...build,
    id,
    ...(info.endpoint && { pid: pidOf(info.endpoint), port: info.endpoint.port }),
    hostname: info.hostname,
    start_time: facts.startedAtMs / 1_000,
    capabilities: agentCapabilities,
    ...drainOf(book),
    ...resourcesOf(book, viewer),
    resource_providers: [],
    attributes: plainAttributes(info.attributes ?? {}),
    ...(viewer.seesFlags() && { flags: facts.flags }),
    frameworks: list(false),
    completed_frameworks: list(true),
  }
}

function drainOf({ drain }: AgentBook): Json {
  if (drain === undefined) return {}
  const { startedAtMs } = drain
  return {
    drain_config: drainConfig(drain),
    ...(startedAtMs !== undefined && {
      estimated_drain_start_time_seconds: Math.floor(startedAtMs / 1_000),
    }),
  }
}

/** What it has, and what of it is held, with and without what is reserved. */
function resourcesOf(book: AgentBook, { seesRole }: Viewer): Json {
  const total = reservationsOf(visible(book.resources, seesRole))
  const held = reservationsOf(visible(heldOn(book), seesRole))
  return {
    resources: plainResources(book.resources),
    reserved_resources: ofEach(total.byRole, plainResources),
    unreserved_resources: plainResources(total.unreserved),
    reserved_resources_full: ofEach(total.byRole, (amounts) => endpointResources(amounts)),
    unreserved_resources_full: endpointResources(total.unreserved),
    reserved_resources_allocated: ofEach(held.byRole, plainResources),
    unreserved_resources_allocated: plainResources(held.unreserved),
  }
}

function ofEach(
  byRole: ReadonlyMap<string, Readonly<Quantities>>,
  write: (amounts: Readonly<Quantities>) => unknown,
): Json {
  return Object.fromEntries([...byRole].map(([role, amounts]) => [role, write(amounts)]))
}

function plainFramework(ports: AgentPorts, agentId: string, framework: FrameworkPicture): Json {
  const { id, info, executors, completedExecutors } = framework
  const show = (executor: ExecutorPicture): Json => {
    const { frameworkId, record } = executor
    const { id: executorId, containerId } = record
    const place = { frameworkId, executorId, ...(containerId !== undefined && { containerId }) }
    return plainExecutor(executor, ports.sandboxes.directoryOf(agentId, place))
  }
  return {
    id,
    name: info.name,
    user: info.user ?? '',
    roles: info.roles,
    ...(info.principal !== undefined && { principal: info.principal }),
    failover_timeout: (info.failoverTimeoutMs ?? 0) / 1_000,
    checkpoint: info.checkpoint ?? false,
    hostname: info.carried?.hostname ?? '',
    resources: plainResources(heldBy(...executors)),
    executors: executors.map(show),
    completed_executors: completedExecutors.map(show),
  }
}
