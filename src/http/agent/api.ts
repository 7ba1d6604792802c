import { Viewer } from '../operator/viewer.ts'
import { json, Refusal } from '../server/answers.ts'
import { expectAcceptsJson, expectJson } from '../server/negotiation.ts'
import type { Answer, HttpRequest, Route } from '../server/route.ts'
import { parseBody } from '../wire/body.ts'
import { objectAt, textAt } from '../wire/json.ts'
import type { AgentPorts } from './ports.ts'
import { queries } from './queries.ts'

/** Calls of Mesos that need what is not here: containers in containers, consoles, disks. */
const unsupported: ReadonlySet<string> = new Set([
  'SET_LOGGING_LEVEL',
  'LAUNCH_NESTED_CONTAINER',
  'WAIT_NESTED_CONTAINER',
  'KILL_NESTED_CONTAINER',
  'REMOVE_NESTED_CONTAINER',
  'LAUNCH_NESTED_CONTAINER_SESSION',
  'ATTACH_CONTAINER_INPUT',
  'ATTACH_CONTAINER_OUTPUT',
  'LAUNCH_CONTAINER',
  'WAIT_CONTAINER',
  'KILL_CONTAINER',
  'REMOVE_CONTAINER',
  'ADD_RESOURCE_PROVIDER_CONFIG',
  'UPDATE_RESOURCE_PROVIDER_CONFIG',
  'REMOVE_RESOURCE_PROVIDER_CONFIG',
  'MARK_RESOURCE_PROVIDER_GONE',
  'PRUNE_IMAGES',
])

/** The operators' API of an agent: one path, one call a request (Mesos: src/slave/http.cpp). */
export function apiRoute(ports: AgentPorts): Route {
  return {
    path: '/api/v1',
    // Some clients ask for it by this name.
    below: /^operator$/,
    methods: ['POST'],
    realm: 'mesos-agent-readwrite',
    handle: (request) => answer(ports, request),
  }
}

async function answer(ports: AgentPorts, request: HttpRequest): Promise<Answer> {
  expectJson(request.headers)
  const call = objectAt(parseBody(request.body), 'the call')
  const type = textAt(call.type, 'type')
  if (unsupported.has(type)) throw new Refusal(501, `${type} is not supported here`)
  const query = Object.hasOwn(queries, type) ? queries[type] : undefined
  if (query === undefined) {
    throw new Refusal(400, `type is ${JSON.stringify(type)}; there is no such call`)
  }
  expectAcceptsJson(request.headers)
  const principal = request.identity?.value
  const viewer = new Viewer(ports.authorizer, principal)
  const body = await query({ ports, viewer, principal, call })
  return json({ type, [type.toLowerCase()]: body })
}
