import { describe, expect, onTestFinished, test } from 'vitest'
import { RealClock } from '../../../src/actors/real-clock.ts'
import { ExecutorDoor } from '../../../src/http/executor/door.ts'
import { executorRoute } from '../../../src/http/executor/route.ts'
import type { Identity } from '../../../src/http/server/route.ts'
import { RecordDecoder } from '../../../src/http/wire/record-io.ts'
import type { ExecutorMessage, Message } from '../../../src/messages/index.ts'
import { MemoryTransport } from '../../../src/transports/memory.ts'
import { until } from '../../executors/harness.ts'
import { serve } from '../server/support.ts'

const agent = 'agent/a'
const address = 'executor/a/F/E'
const json = { 'content-type': 'application/json' }
const sender = { framework_id: { value: 'F' }, executor_id: { value: 'E' } }
const uuid = Buffer.from('11111111222243338444000000000000', 'hex').toString('base64')
const status = {
  task_id: { value: 'T1' },
  state: 'TASK_RUNNING',
  source: 'SOURCE_EXECUTOR',
  uuid,
}
const update = (changes: object = {}) => ({
  type: 'UPDATE',
  ...sender,
  update: { status: { ...status, ...changes } },
})
const subscribe = { type: 'SUBSCRIBE', ...sender, subscribe: {} }

interface Options {
  readonly isRecovering?: boolean
  readonly identity?: Identity
  readonly heartbeatIntervalMs?: number
}

/** The door of an agent that only listens, with a seat for the executor E of framework F. */
async function doorOf({ isRecovering = false, identity, heartbeatIntervalMs }: Options = {}) {
  const clock = new RealClock()
  const transport = new MemoryTransport({ clock })
  const heard: Message[] = []
  transport.subscribe(agent, (envelopes) => {
    for (const { message } of envelopes) heard.push(message)
  })
  const endpoint = { ip: '127.0.0.1', port: 1 }
  const door = new ExecutorDoor({
    agent,
    transport,
    clock,
    endpoint,
    ...(heartbeatIntervalMs && { heartbeatIntervalMs }),
  })
  const state = { isRecovering }
  const { url } = await serve({
    routes: [executorRoute(door, state)],
    identify: () => identity,
  })
  door.open({ address, frameworkId: 'F', executorId: 'E', containerId: 'C' })
  onTestFinished(() => door.close(address))
  const post = (body: unknown, headers: Record<string, string> = json) =>
    fetch(`${url}/api/v1/executor`, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const tell = (message: ExecutorMessage) => transport.send({ from: agent, to: address, message })
  const welcome = () =>
    tell({
      type: 'lifecycle.executorRegistered',
      agentId: 'S',
      frameworkId: 'F',
      executorId: 'E',
      framework: { name: 'f', roles: ['f'], user: 'me' },
      agent: { hostname: 'host', resources: { cpus: 2 }, endpoint },
      executor: { executorId: 'E', type: 'CUSTOM', command: { value: 'true' } },
    })
  return { url, door, post, tell, welcome, heard, state }
}

type Opened = Awaited<ReturnType<typeof doorOf>>

/** A subscription that the agent has answered, and its events. */
async function subscribed({ post, welcome }: Opened) {
  const { events, response } = await stream(post)
  welcome()
  await until('SUBSCRIBED', () => events.length > 0)
  return { events, response }
}

async function stream(post: Opened['post'], body: object = subscribe) {
  const response = await post(body)
  const events: { type: string }[] = []
  const decoder = new RecordDecoder()
  const reading = (async () => {
    for await (const chunk of response.body ?? []) {
      for (const record of decoder.push(chunk)) events.push(JSON.parse(record))
    }
  })()
  return { events, response, over: reading.catch(() => {}) }
}

describe('Executor API: what a subscribed executor can do', () => {
  test('SUBSCRIBE is a stream without an id; the agent hears what is unacknowledged', async () => {
    const opened = await doorOf()
    const { events, response } = await stream(opened.post, {
      ...subscribe,
      subscribe: {
        unacknowledged_tasks: [{ task_id: { value: 'T1' }, name: 'T1' }],
        unacknowledged_updates: [{ status }],
      },
    })
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/json',
    ])
    expect(response.headers.get('mesos-stream-id')).toBe(null)
    await until('its registration', () => opened.heard.length > 0)
    expect(opened.heard).toMatchObject([
      {
        type: 'lifecycle.registerExecutor',
        unacknowledgedTasks: ['T1'],
        unacknowledgedUpdates: [{ taskId: 'T1', state: 'TASK_RUNNING' }],
      },
    ])
    opened.welcome()
    await until('SUBSCRIBED', () => events.length > 0)
    expect(events[0]).toMatchObject({
      type: 'SUBSCRIBED',
      subscribed: {
        executor_info: { executor_id: { value: 'E' }, command: { value: 'true' } },
        framework_info: { name: 'f', user: 'me' },
        agent_info: { id: { value: 'S' }, hostname: 'host' },
        container_id: { value: 'C' },
      },
    })
  })

  test('UPDATE and MESSAGE are taken with 202 and reach the agent in their order', async () => {
    const opened = await doorOf()
    await subscribed(opened)
    opened.heard.length = 0
    const answers = [
      await opened.post(update()),
      await opened.post({ type: 'MESSAGE', ...sender, message: { data: 'aGk=' } }),
    ]
    expect(answers.map((answer) => answer.status)).toEqual([202, 202])
    expect(await answers[0]?.text()).toBe('')
    expect(opened.heard).toMatchObject([
      { type: 'task.update', executorId: 'E', updates: [{ taskId: 'T1', source: 'EXECUTOR' }] },
      { type: 'task.message', frameworkId: 'F', executorId: 'E', data: 'aGk=' },
    ])
  })

  test('what the agent says comes as events, one for each item', async () => {
    const opened = await doorOf()
    const { events } = await subscribed(opened)
    const task = { taskId: 'T1', name: 'T1', agentId: 'S', resources: { cpus: 1 } }
    opened.tell({ type: 'task.launch', tasks: [task, { ...task, taskId: 'T2' }] })
    opened.tell({ type: 'task.launchGroup', tasks: [task] })
    opened.tell({ type: 'task.kill', kills: [{ taskId: 'T1' }] })
    opened.tell({ type: 'task.message', data: 'aGk=' })
    opened.tell({ type: 'lifecycle.shutdownExecutor', gracePeriodMs: 5_000 })
    await until('SHUTDOWN', () => events.some(({ type }) => type === 'SHUTDOWN'))
    expect(events.map(({ type }) => type)).toEqual([
      'SUBSCRIBED',
      'LAUNCH',
      'LAUNCH',
      'LAUNCH_GROUP',
      'KILL',
      'MESSAGE',
      'SHUTDOWN',
    ])
  })

  test('a second subscription takes the place of the first, whose stream ends', async () => {
    const opened = await doorOf()
    const first = await stream(opened.post)
    const second = await subscribed(opened)
    await first.over
    opened.tell({ type: 'task.message', data: 'aGk=' })
    await until('MESSAGE', () => second.events.some(({ type }) => type === 'MESSAGE'))
    expect(first.events).toEqual([])
  })

  test('the stream of an executor that is gone ends, and its calls are refused', async () => {
    const opened = await doorOf()
    const { response } = await subscribed(opened)
    opened.door.close(address)
    await response.body?.cancel().catch(() => {})
    expect((await opened.post(update())).status).toBe(400)
  })

  test('one that came too late is told to end, and may still report', async () => {
    const opened = await doorOf()
    const { events } = await stream(opened.post)
    opened.tell({ type: 'lifecycle.shutdownExecutor', gracePeriodMs: 0 })
    await until('SHUTDOWN', () => events.length > 0)
    expect(events).toEqual([{ type: 'SHUTDOWN' }])
    expect((await opened.post(update())).status).toBe(202)
  })

  test('a quiet stream beats', async () => {
    const opened = await doorOf({ heartbeatIntervalMs: 20 })
    const { events } = await subscribed(opened)
    await until('HEARTBEAT', () => events.filter(({ type }) => type === 'HEARTBEAT').length > 1)
  })
})

describe('Executor API: refusals', () => {
  test.for([
    ['no body', '', 400],
    ['no JSON', '{', 400],
    ['an unknown type', { type: 'LAUNCH', ...sender }, 400],
    ['no type', sender, 400],
    ['no framework id', { ...update(), framework_id: undefined }, 400],
    ['no executor id', { ...update(), executor_id: null }, 400],
    ['an update without status', { type: 'UPDATE', ...sender }, 400],
    ['an update without uuid', update({ uuid: undefined }), 400],
    ['a uuid that is none', update({ uuid: Buffer.alloc(16).toString('base64') }), 400],
    ['an update from a master', update({ source: 'SOURCE_MASTER' }), 400],
    ['a task that is staging', update({ state: 'TASK_STAGING' }), 400],
    ['an update of another executor', update({ executor_id: { value: 'X' } }), 400],
    ['a subscription without its part', { type: 'SUBSCRIBE', ...sender }, 400],
    ['a message without data', { type: 'MESSAGE', ...sender, message: {} }, 400],
    ['an unknown framework', { ...update(), framework_id: { value: 'X' } }, 400],
    ['an unknown executor', { ...update(), executor_id: { value: 'X' } }, 400],
    ['an update of this executor, named', update({ executor_id: { value: 'E' } }), 202],
  ] as const)('%s', async ([, body, wanted]) => {
    const opened = await doorOf()
    await subscribed(opened)
    expect((await opened.post(body)).status).toBe(wanted)
  })

  test('another method gets 405, and is told which one is right', async () => {
    const { url } = await doorOf()
    const answer = await fetch(`${url}/api/v1/executor`)
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
  })

  test('a body that is not JSON gets 415, and without a word about it 400', async () => {
    const { post } = await doorOf()
    const text = await post(update(), { 'content-type': 'application/x-protobuf' })
    expect(text.status).toBe(415)
    // `fetch` always says what a body is.
    expect((await post(update(), { 'content-type': 'text/plain' })).status).toBe(415)
  })

  test('a subscriber that takes no JSON gets 406; other calls do not care', async () => {
    const opened = await doorOf()
    const headers = { ...json, accept: 'application/x-protobuf' }
    expect((await opened.post(subscribe, headers)).status).toBe(406)
    await subscribed(opened)
    expect((await opened.post(update(), headers)).status).toBe(202)
  })

  test('before it has subscribed it gets 403, but a heartbeat is always fine', async () => {
    const { post } = await doorOf()
    expect((await post(update())).status).toBe(403)
    const heartbeat = { type: 'HEARTBEAT', ...sender, executor_id: { value: 'X' } }
    expect((await post(heartbeat)).status).toBe(202)
  })

  test('an agent that looks for what it left answers 503, also to whom it does not know yet', async () => {
    const { post, state } = await doorOf({ isRecovering: true })
    expect((await post(update())).status).toBe(503)
    const stranger = { ...subscribe, executor_id: { value: 'X' } }
    expect((await post(stranger)).status).toBe(503)
    state.isRecovering = false
    expect((await post(stranger)).status).toBe(400)
  })

  test('a token of another executor gets 403', async () => {
    const claims = { fid: 'F', eid: 'X', cid: 'C' }
    expect((await (await doorOf({ identity: { claims } })).post(subscribe)).status).toBe(403)
    const own = { claims: { ...claims, eid: 'E' } }
    expect((await (await doorOf({ identity: own })).post(subscribe)).status).toBe(200)
  })
})
