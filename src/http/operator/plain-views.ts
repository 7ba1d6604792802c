import { json, jsonHeaders, Refusal } from '../server/answers.ts'
import type { Answer, HttpRequest, Route } from '../server/route.ts'
import { metricsOf } from './metrics.ts'
import { expectMay } from './mutate.ts'
import { type Picture, takePicture } from './picture.ts'
import { plainAgents, plainFrameworks, plainState, plainSummary } from './plain-state.ts'
import { plainTasks } from './plain-tasks.ts'
import type { OperatorPorts } from './ports.ts'
import { prometheusRoute } from './prometheus-route.ts'
import { plainRoles } from './roles-view.ts'
import { inSlices } from './slices.ts'
import { Viewer } from './viewer.ts'

/** Looks at something; the caller is in the viewer. */
type View = (ports: OperatorPorts, viewer: Viewer, request: HttpRequest) => Answer

/** The plain endpoints that only show something (Mesos: docs/endpoints). */
export function viewRoutes(ports: OperatorPorts): Route[] {
  const shown = Object.entries(views).map(
    ([path, view]): Route => ({
      path,
      ...(path === '/slaves' && { below: /^[^/]+$/ }),
      // Mesos looks at the method only where it is said.
      methods: path === '/flags' ? ['GET'] : ['GET', 'POST'],
      realm: 'mesos-master-readonly',
      handle: (request) =>
        view(ports, new Viewer(ports.authorizer, request.identity?.value), request),
    }),
  )
  const prometheus = prometheusRoute('mesos-master-readonly', ({ identity, path }) => {
    expectMay({ ports, principal: identity?.value }, 'get_endpoints', { path })
    return metricsOf(ports)
  })
  return [...shown, prometheus]
}

/** A duration as Mesos writes it (stout/duration.hpp). */
const durationPattern = /^\d+(?:\.\d+)?(?:ns|us|ms|secs|mins|hrs|days|weeks)$/

const views: Readonly<Record<string, View>> = {
  '/state': (ports, viewer) => inPieces(plainState(picture(ports, viewer), viewer, ports)),
  '/state-summary': (ports, viewer) =>
    inPieces(plainSummary(picture(ports, viewer), viewer, ports.facts)),
  '/slaves': (ports, viewer, { below, query }) => {
    const whole = picture(ports, viewer)
    const shown = only(below === '' ? whole : withAgent(whole, below), query)
    return inPieces(plainAgents(shown, viewer, ports.facts.version))
  },
  '/frameworks': (ports, viewer, { query }) =>
    inPieces(plainFrameworks(only(picture(ports, viewer), query))),
  '/tasks': (ports, viewer, { query }) => inPieces(plainTasks(picture(ports, viewer), query)),
  '/roles': (ports, viewer) => json(plainRoles(ports.ledger(), viewer)),
  '/flags': ({ facts }, viewer) => {
    if (!viewer.seesFlags()) throw new Refusal(403, 'You may not see the flags.')
    return json({ flags: facts.flags })
  },
  '/metrics/snapshot': (ports, _viewer, { identity, path, query }) => {
    const timeout = query.get('timeout')
    if (timeout !== null && !durationPattern.test(timeout)) {
      throw new Refusal(400, `The timeout ${timeout} is no duration; write 2secs.`)
    }
    expectMay({ ports, principal: identity?.value }, 'get_endpoints', { path })
    return json(metricsOf(ports))
  },
}

function picture(ports: OperatorPorts, viewer: Viewer): Picture {
  return takePicture(ports.ledger(), ports.history, viewer)
}

/** Only the agent that the path names. */
function withAgent(picture: Picture, id: string): Picture {
  const agents = picture.agents.filter((agent) => agent.id === id)
  const recovered = picture.recovered.filter((agent) => agent.id === id)
  if (agents.length + recovered.length === 0) throw new Refusal(404, `There is no agent ${id}.`)
  return { ...picture, agents, recovered }
}

/** Only what the query names by its id. */
function only(picture: Picture, query: URLSearchParams): Picture {
  const [agentId, frameworkId] = [query.get('slave_id'), query.get('framework_id')]
  const isAgent = ({ id }: { readonly id: string }): boolean => agentId === null || id === agentId
  const isFramework = ({ id }: { readonly id: string }): boolean =>
    frameworkId === null || id === frameworkId
  return {
    agents: picture.agents.filter(isAgent),
    recovered: picture.recovered.filter(isAgent),
    frameworks: picture.frameworks.filter(isFramework),
    completed: picture.completed.filter(isFramework),
  }
}

function inPieces(pieces: Iterable<string>): Answer {
  return { status: 200, headers: jsonHeaders, body: inSlices(pieces) }
}
