import { json, Refusal } from '../server/answers.ts'
import type { Answer, HttpRequest, Route } from '../server/route.ts'
import { parseBody } from '../wire/body.ts'
import { WireError } from '../wire/errors.ts'
import { bareListAt } from '../wire/json.ts'
import { writeSchedule, writeStatus } from './maintenance-json.ts'
import type { Caller } from './mutate.ts'
import {
  removeQuota,
  setQuota,
  startMaintenance,
  stopMaintenance,
  tearDown,
  updateSchedule,
  updateWeights,
} from './mutations.ts'
import { operate } from './operation-calls.ts'
import type { OperatorPorts } from './ports.ts'
import { readWeights, writeQuotas, writeWeights } from './quota-json.ts'
import { Viewer } from './viewer.ts'

type Method = Route['methods'][number]
type Handle = (caller: Caller, request: HttpRequest) => Answer | Promise<Answer>

/** The plain endpoints that change something, or show what can be changed there. */
export function changeRoutes(ports: OperatorPorts): Route[] {
  return Object.entries(changes).map(([path, handles]) => routeOf(ports, path, handles))
}

function routeOf(
  ports: OperatorPorts,
  path: string,
  handles: Readonly<Partial<Record<Method, Handle>>>,
): Route {
  const all = new Map(Object.entries(handles))
  const known: readonly Method[] = ['GET', 'POST', 'PUT', 'DELETE']
  return {
    path,
    ...(path === '/quota' && { below: /^[^/]+$/ }),
    methods: known.filter((method) => all.has(method)),
    realm: 'mesos-master-readwrite',
    handle: (request) => {
      const handle = all.get(request.method === 'HEAD' ? 'GET' : request.method)
      if (handle === undefined) throw new Refusal(405, `${path} does not do that.`)
      return handle({ ports, principal: request.identity?.value }, request)
    },
  }
}

const changes: Readonly<Record<string, Readonly<Partial<Record<Method, Handle>>>>> = {
  '/teardown': {
    POST: (caller, request) => tearDown(caller, field(formIn(request), 'frameworkId')),
  },
  '/reserve': { POST: operation('RESERVE', 'resources') },
  '/unreserve': { POST: operation('UNRESERVE', 'resources') },
  '/create-volumes': { POST: operation('CREATE', 'volumes') },
  '/destroy-volumes': { POST: operation('DESTROY', 'volumes') },
  '/quota': {
    GET: (caller) => json(writeQuotas(caller.ports.ledger(), viewerOf(caller))),
    POST: (caller, { body }) => setQuota(caller, parseBody(body), 'the quota request'),
    DELETE: deleteQuota,
  },
  '/weights': {
    GET: (caller) => json(writeWeights(caller.ports.ledger(), viewerOf(caller))),
    PUT: (caller, { body }) =>
      updateWeights(caller, readWeights(bareList(body, 'the weights'), 'the weights')),
  },
  '/maintenance/schedule': {
    GET: (caller) => json(writeSchedule(caller.ports.ledger(), viewerOf(caller))),
    POST: (caller, { body }) => updateSchedule(caller, parseBody(body), 'the schedule'),
  },
  '/maintenance/status': {
    GET: (caller) => json(writeStatus(caller.ports.ledger(), viewerOf(caller))),
  },
  '/machine/down': {
    POST: (caller, { body }) =>
      startMaintenance(caller, bareList(body, 'the machines'), 'the machines'),
  },
  '/machine/up': {
    POST: (caller, { body }) =>
      stopMaintenance(caller, bareList(body, 'the machines'), 'the machines'),
  },
}

function operation(type: 'RESERVE' | 'UNRESERVE' | 'CREATE' | 'DESTROY', name: string): Handle {
  return async (caller, request) => {
    const form = formIn(request)
    const agentId = field(form, 'slaveId')
    const source = form.get('source')
    const part = {
      [name]: listIn(field(form, name), name),
      ...(source !== null && { source: listIn(source, 'source') }),
    }
    return operate(caller, agentId, type, part, 'the form')
  }
}

/** The role is named by what follows in the path. */
function deleteQuota(caller: Caller, { below }: HttpRequest): Promise<Answer> {
  if (below === '') throw new Refusal(400, 'The path names no role; write /quota/ROLE.')
  try {
    return removeQuota(caller, decodeURIComponent(below))
  } catch (error) {
    if (error instanceof URIError) throw new Refusal(400, 'The role in the path cannot be read.')
    throw error
  }
}

function viewerOf({ ports, principal }: Caller): Viewer {
  return new Viewer(ports.authorizer, principal)
}

/** The fields of a form, as browsers and curl send them. */
function formIn({ body }: HttpRequest): URLSearchParams {
  return new URLSearchParams(body.toString('utf8'))
}

function field(form: URLSearchParams, name: string): string {
  const value = form.get(name)
  if (value === null || value === '') throw new Refusal(400, `The form lacks the field ${name}.`)
  return value
}

function bareList(body: Buffer, name: string): readonly unknown[] {
  return bareListAt(parseBody(body), name)
}

function listIn(text: string, name: string): readonly unknown[] {
  const list = parseBody(Buffer.from(text))
  if (Array.isArray(list)) return list
  throw new WireError(`The field ${name} is no list in JSON.`)
}
