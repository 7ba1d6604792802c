import { prometheusRoute } from '../operator/prometheus-route.ts'
import { plainResources } from '../operator/resource-json.ts'
import { agentCapabilities, pidOf } from '../operator/v1-agents.ts'
import { Viewer } from '../operator/viewer.ts'
import { json, Refusal } from '../server/answers.ts'
import type { Answer, HttpRequest, Route } from '../server/route.ts'
import type { Json } from '../wire/json.ts'
import { plainContainers } from './containers.ts'
import { browsePath, downloadPath, type Looking, readPath } from './files.ts'
import { plainExecutor } from './json.ts'
import { agentMetrics } from './metrics.ts'
import { type ExecutorPicture, type FrameworkPicture, heldBy, takePicture } from './picture.ts'
import type { AgentPorts } from './ports.ts'

type View = (ports: AgentPorts, viewer: Viewer, request: HttpRequest) => Answer | Promise<Answer>

/** The plain endpoints of an agent (Mesos: docs/endpoints/slave). */
export function plainRoutes(ports: AgentPorts): Route[] {
  const shown = Object.entries(views).map(
    ([path, view]): Route => ({
      path,
      methods: ['GET'],
      realm: 'mesos-agent-readonly',
      handle: (request) =>
        view(ports, new Viewer(ports.authorizer, request.identity?.value), request),
    }),
  )
  return [...shown, prometheusRoute('mesos-agent-readonly', () => agentMetrics(ports))]
}

const views: Readonly<Record<string, View>> = {
  '/state': (ports, viewer) => json(stateOf(ports, viewer)),
  '/flags': ({ facts }, viewer) => {
    if (!viewer.seesFlags()) throw new Refusal(403, 'You may not see the flags.')
    return json({ flags: facts.flags })
  },
  '/metrics/snapshot': (ports) => json(agentMetrics(ports)),
  '/containers': async (ports, viewer) => json(await plainContainers(ports, viewer)),
  '/monitor/statistics': async (ports, viewer) => json(await plainContainers(ports, viewer)),
  '/files/browse': async (ports, _viewer, request) =>
    json(await browsePath(...lookingFor(ports, request))),
  '/files/read': async (ports, _viewer, request) => {
    const [looking, path] = lookingFor(ports, request)
    const offset = numberIn(request.query, 'offset') ?? -1
    const length = numberIn(request.query, 'length')
    const isAll = length === undefined || length < 0
    const { size, data } = await readPath(looking, path, offset, isAll ? undefined : length)
    const at = offset < 0 || offset >= size ? size : offset
    return json({ data: data.toString('utf8'), offset: at })
  },
  '/files/download': async (ports, _viewer, request) => {
    const [looking, path] = lookingFor(ports, request)
    const { size, stream } = await downloadPath(looking, path)
    const name = encodeURIComponent(path.split('/').at(-1) ?? '')
    return {
      status: 200,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(size),
        'content-disposition': `attachment; filename*=UTF-8''${name}`,
        'x-content-type-options': 'nosniff',
      },
      body: stream,
    }
  },
}

function lookingFor(ports: AgentPorts, { query, identity }: HttpRequest): [Looking, string] {
  const path = query.get('path')
  if (!path) throw new Refusal(400, "Expecting 'path=value' in query.")
  return [{ ports, principal: identity?.value }, path]
}

function numberIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (/^-?\d{1,15}$/.test(text)) return Number(text)
  throw new Refusal(400, `'${name}' is no whole number.`)
}

function stateOf(ports: AgentPorts, viewer: Viewer): Json {
  const { facts } = ports
  const { id = '', info, resources } = ports.book()
  const frameworks = takePicture(ports, viewer)
  const list = (isOver: boolean): Json[] =>
    frameworks.filter((one) => one.isOver === isOver).map((one) => frameworkOf(ports, id, one))
  return {
    version: facts.version,
    id,
    ...(info.endpoint && { pid: pidOf(info.endpoint), port: info.endpoint.port }),
    hostname: info.hostname,
    start_time: facts.startedAtMs / 1_000,
    capabilities: agentCapabilities,
    resources: plainResources(resources),
    attributes: info.attributes ?? {},
    ...(viewer.seesFlags() && { flags: facts.flags }),
    frameworks: list(false),
    completed_frameworks: list(true),
  }
}

function frameworkOf(ports: AgentPorts, agentId: string, framework: FrameworkPicture): Json {
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
    resources: plainResources(heldBy(...executors)),
    executors: executors.map(show),
    completed_executors: completedExecutors.map(show),
  }
}
