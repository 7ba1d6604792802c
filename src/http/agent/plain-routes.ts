import { expectMay } from '../operator/mutate.ts'
import { prometheusRoute } from '../operator/prometheus-route.ts'
import { Viewer } from '../operator/viewer.ts'
import { json, Refusal } from '../server/answers.ts'
import type { Answer, HttpRequest, Route } from '../server/route.ts'
import { plainContainers } from './containers.ts'
import { browsePath, downloadPath, type Looking, readPath } from './files.ts'
import { agentMetrics } from './metrics.ts'
import { plainState } from './plain-state.ts'
import type { AgentPorts } from './ports.ts'

type View = (ports: AgentPorts, viewer: Viewer, request: HttpRequest) => Answer | Promise<Answer>

/** Mesos looks at the method only where it is said. */
const getOnly: ReadonlySet<string> = new Set(['/flags', '/containers', '/monitor/statistics'])

/** The plain endpoints of an agent (Mesos: docs/endpoints/slave). */
export function plainRoutes(ports: AgentPorts): Route[] {
  const shown = Object.entries(views).map(
    ([path, view]): Route => ({
      path,
      methods: getOnly.has(path) ? ['GET'] : ['GET', 'POST'],
      realm: 'mesos-agent-readonly',
      handle: (request) =>
        view(ports, new Viewer(ports.authorizer, request.identity?.value), request),
    }),
  )
  const prometheus = prometheusRoute('mesos-agent-readonly', (request) => {
    expectEndpoint(ports, request)
    return agentMetrics(ports)
  })
  return [...shown, prometheus]
}

/** Refuses (403) an endpoint that the caller may not ask. */
function expectEndpoint(ports: AgentPorts, { identity, path }: HttpRequest): void {
  expectMay({ ports, principal: identity?.value }, 'get_endpoints', { path })
}

const views: Readonly<Record<string, View>> = {
  '/state': (ports, viewer) => json(plainState(ports, viewer)),
  '/flags': ({ facts }, viewer) => {
    if (!viewer.seesFlags()) throw new Refusal(403, 'You may not see the flags.')
    return json({ flags: facts.flags })
  },
  '/metrics/snapshot': (ports, _viewer, request) => {
    expectEndpoint(ports, request)
    return json(agentMetrics(ports))
  },
  '/containers': showContainers,
  '/monitor/statistics': showContainers,
  '/files/browse': async (ports, _viewer, request) =>
    json(await browsePath(...lookingFor(ports, request))),
  '/files/read': async (ports, _viewer, request) => {
    const [looking, path] = lookingFor(ports, request)
    const offset = numberIn(request.query, 'offset') ?? -1
    const length = numberIn(request.query, 'length') ?? -1
    const { size, data } = await readPath(looking, path, offset, length < 0 ? undefined : length)
    // Whoever asks without an offset wants to know how long the file is.
    return json({ data: data.toString('utf8'), offset: offset < 0 ? size : offset })
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

async function showContainers(
  ports: AgentPorts,
  viewer: Viewer,
  request: HttpRequest,
): Promise<Answer> {
  expectEndpoint(ports, request)
  return json(await plainContainers(ports, viewer))
}

function lookingFor(ports: AgentPorts, { query, identity }: HttpRequest): [Looking, string] {
  const path = query.get('path')
  if (!path) throw new Refusal(400, "Expecting 'path=value' in query.")
  return [{ ports, principal: identity?.value }, path]
}

/** A number of bytes; -1 stands for none, as the pages of Mesos write it. */
function numberIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (!/^-?\d{1,15}$/.test(text)) throw new Refusal(400, `'${name}' is no whole number.`)
  if (Number(text) < -1) throw new Refusal(400, `'${name}' is negative.`)
  return Number(text)
}
