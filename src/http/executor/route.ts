import type { TaskStatus } from '../../messages/index.ts'
import { empty, jsonHeaders, Refusal } from '../server/answers.ts'
import { expectAcceptsJson, expectJson } from '../server/negotiation.ts'
import type { Answer, AnswerStream, HttpRequest, Route, Streaming } from '../server/route.ts'
import { parseBody } from '../wire/body.ts'
import { type ExecutorCall, readExecutorCall } from '../wire/executor-calls.ts'
import type { ExecutorDoor } from './door.ts'
import type { ExecutorSeat } from './seat.ts'

/** What an executor's calls have to know of their agent. */
export interface AgentState {
  /** It looks for what its earlier life left: nobody is known yet. */
  readonly isRecovering: boolean
}

type Call<Type extends ExecutorCall['type']> = Extract<ExecutorCall, { type: Type }>

const taken = empty(202)

/**
 * The executor API of Mesos (docs/executor-http-api.md). Calls are checked in the order of its
 * agent (src/slave/http.cpp, executor), so that the first refusal is the same.
 */
export function executorRoute(door: ExecutorDoor, agent: AgentState): Route {
  return {
    path: '/api/v1/executor',
    methods: ['POST'],
    realm: 'mesos-agent-executor',
    handle: (request) => answer(request, door, agent),
  }
}

function answer(request: HttpRequest, door: ExecutorDoor, agent: AgentState): Answer | Streaming {
  expectJson(request.headers)
  const call = readExecutorCall(parseBody(request.body), door.now())
  if (call.type === 'SUBSCRIBE') expectAcceptsJson(request.headers)
  if (call.type === 'HEARTBEAT') return taken
  const seat = seatOf(request, call, door, agent)
  if (call.type === 'SUBSCRIBE') return subscription(seat, call)
  if (!seat.isRegistered) {
    throw new Refusal(403, `The executor ${call.executorId} has not subscribed.`)
  }
  if (call.type === 'UPDATE') report(seat, call)
  else say(seat, call)
  return taken
}

function seatOf(
  { identity }: HttpRequest,
  { type, frameworkId, executorId }: ExecutorCall,
  door: ExecutorDoor,
  { isRecovering }: AgentState,
): ExecutorSeat {
  if (isRecovering && type !== 'SUBSCRIBE') throw recovering()
  const seat = door.find(frameworkId, executorId)
  if (seat === undefined) {
    if (isRecovering) throw recovering()
    throw new Refusal(400, `There is no executor ${executorId} of framework ${frameworkId} here.`)
  }
  const { claims } = identity ?? {}
  const { containerId } = seat.seat
  const isItself =
    claims === undefined ||
    (claims.fid === frameworkId && claims.eid === executorId && claims.cid === (containerId ?? ''))
  if (isItself) return seat
  throw new Refusal(403, 'The token belongs to another executor.')
}

function recovering(): Refusal {
  return new Refusal(503, 'The agent looks for what it left; try again.')
}

/** The answer is a stream of events, without an id; it takes the place of an older one. */
function subscription(seat: ExecutorSeat, call: Call<'SUBSCRIBE'>): Streaming {
  let own: AnswerStream | undefined
  const { frameworkId, executorId, unacknowledgedTasks, unacknowledgedUpdates } = call
  return {
    status: 200,
    headers: jsonHeaders,
    opened: (stream) => {
      own = stream
      seat.attach(stream)
      seat.say({
        type: 'lifecycle.registerExecutor',
        frameworkId,
        executorId,
        unacknowledgedTasks,
        unacknowledgedUpdates,
      })
    },
    closed: () => {
      if (own !== undefined) seat.detach(own)
    },
  }
}

function report(seat: ExecutorSeat, { frameworkId, executorId, status }: Call<'UPDATE'>): void {
  const updates: TaskStatus[] = [status]
  seat.say({ type: 'task.update', frameworkId, executorId, updates })
}

function say(seat: ExecutorSeat, { frameworkId, executorId, data }: Call<'MESSAGE'>): void {
  seat.say({ type: 'task.message', frameworkId, executorId, data })
}
