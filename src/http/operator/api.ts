import { jsonHeaders, Refusal } from '../server/answers.ts'
import { expectAcceptsJson, expectJson } from '../server/negotiation.ts'
import type { Answer, HttpRequest, Route, Streaming } from '../server/route.ts'
import { parseBody } from '../wire/body.ts'
import { objectAt, textAt } from '../wire/json.ts'
import { mutationOf } from './mutations.ts'
import type { OperatorPorts } from './ports.ts'
import { type Query, queries } from './queries.ts'
import { inSlices, objectOf } from './slices.ts'
import type { Subscribers } from './subscribers.ts'
import { Viewer } from './viewer.ts'

/** The operators' API: one path, one call a request (Mesos: src/master/http.cpp, api). */
export function apiRoute(ports: OperatorPorts, subscribers: Subscribers): Route {
  return {
    path: '/api/v1',
    // Some clients ask for it by this name.
    below: /^operator$/,
    methods: ['POST'],
    realm: 'mesos-master-readwrite',
    handle: (request) => answer(ports, subscribers, request),
  }
}

function answer(
  ports: OperatorPorts,
  subscribers: Subscribers,
  request: HttpRequest,
): Answer | Streaming | Promise<Answer> {
  expectJson(request.headers)
  const call = objectAt(parseBody(request.body), 'the call')
  const type = textAt(call.type, 'type')
  const principal = request.identity?.value
  const viewer = new Viewer(ports.authorizer, principal)
  const mutation = mutationOf(type)
  if (mutation !== undefined) return mutation({ ports, principal }, call)
  const query = Object.hasOwn(queries, type) ? queries[type] : undefined
  if (query === undefined && type !== 'SUBSCRIBE') {
    throw new Refusal(400, `type is ${JSON.stringify(type)}; there is no such call`)
  }
  expectAcceptsJson(request.headers)
  return query === undefined
    ? subscribers.answerFor(viewer)
    : answerTo(type, query({ ports, viewer, call }))
}

/** The response to a question: its type, and the body under the name of that. */
function answerTo(type: string, body: ReturnType<Query>): Answer {
  const name = type.toLowerCase()
  if (!(Symbol.iterator in body)) {
    return { status: 200, headers: jsonHeaders, body: JSON.stringify({ type, [name]: body }) }
  }
  const pieces = objectOf({ type: [JSON.stringify(type)], [name]: body })
  return { status: 200, headers: jsonHeaders, body: inSlices(pieces) }
}
