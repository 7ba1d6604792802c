import { describe, expect, onTestFinished, test } from 'vitest'
import { environmentOf } from '../../../src/http/client/executor-environment.ts'
import { connectExecutor, type ExecutorHandlers, RefusedError } from '../../../src/http.ts'
import { until } from '../../executors/harness.ts'
import { answer, foreignServer, type Heard, say } from './support.ts'

const ids = { MESOS_FRAMEWORK_ID: 'F', MESOS_EXECUTOR_ID: 'E' }
const impatient = { MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: '100ms' }
const checkpoint = { MESOS_CHECKPOINT: '1', MESOS_SUBSCRIPTION_BACKOFF_MAX: '10ms' }

function welcomeExecutor({ response }: Heard): void {
  response.writeHead(200)
  say(response, { type: 'SUBSCRIBED', subscribed: {} })
}

/** An agent that takes every call, and acknowledges updates if it is told to. */
async function agentThat(acknowledges: boolean, handle?: (call: Heard) => boolean) {
  const streams: Heard[] = []
  const server = await foreignServer((call) => {
    if (handle?.(call) === true) return
    if (call.type === 'SUBSCRIBE') {
      streams.push(call)
      return welcomeExecutor(call)
    }
    answer(call)
    if (acknowledges && call.type === 'UPDATE') acknowledge(call)
  })
  const tell = (event: object) => {
    const stream = streams.at(-1)
    if (stream !== undefined) say(stream.response, event)
  }
  const acknowledge = ({ body }: Heard) => {
    const { task_id, uuid } = statusIn(body)
    tell({ type: 'ACKNOWLEDGED', acknowledged: { task_id, uuid } })
  }
  const of = (type: string) => server.heard.filter((call) => call.type === type)
  return { ...server, streams, tell, acknowledge, of }
}

interface Status {
  readonly task_id: { readonly value: string }
  readonly state: string
  readonly uuid: string
}

function statusIn(body: Heard['body']): Status {
  const { update } = body
  if (typeof update !== 'object' || update === null) throw new Error('no update')
  return Reflect.get(update, 'status')
}

function executorOf(
  place: string,
  handlers: Partial<ExecutorHandlers> = {},
  env: Record<string, string> = {},
) {
  const heard: string[] = []
  const troubles: string[] = []
  const executor = connectExecutor(
    {
      launch: ({ taskId }) => void heard.push(`launch ${taskId}`),
      kill: (taskId, { graceMs }) => void heard.push(`kill ${taskId} ${graceMs}`),
      registered: () => void heard.push('registered'),
      disconnected: () => void heard.push('disconnected'),
      shutdown: () => void heard.push('shutdown'),
      ...handlers,
    },
    {
      env: { ...ids, ...impatient, MESOS_AGENT_ENDPOINT: place, ...env },
      onTrouble: (sentence) => void troubles.push(sentence),
    },
  )
  onTestFinished(() => executor.stop())
  const hears = (word: string) => until(word, () => heard.includes(word))
  return { executor, heard, troubles, hears }
}

const task = (id: string) => ({ name: id, task_id: { value: id }, agent_id: { value: 'A' } })

describe('Executors by the client: what they say to any agent', () => {
  test('SUBSCRIBE with their ids and their token, and events of all kinds', async () => {
    const agent = await agentThat(true)
    const words: string[] = []
    const { executor, heard, troubles, hears } = executorOf(
      agent.place,
      { message: (data) => void words.push(Buffer.from(data).toString()) },
      { MESOS_EXECUTOR_AUTHENTICATION_TOKEN: 'jwt' },
    )
    await hears('registered')
    expect(agent.heard[0]?.headers.authorization).toBe('Bearer jwt')
    expect(agent.heard[0]?.body).toEqual({
      type: 'SUBSCRIBE',
      executor_id: { value: 'E' },
      framework_id: { value: 'F' },
      subscribe: { unacknowledged_tasks: [], unacknowledged_updates: [] },
    })
    agent.tell({ type: 'LAUNCH', launch: { task: task('T1') } })
    agent.tell({ type: 'LAUNCH', launch: { task: 'none' } })
    agent.tell({ type: 'LAUNCH_GROUP', launch_group: { task_group: { tasks: [task('T2')] } } })
    const kill_policy = { grace_period: { nanoseconds: 2_000_000_000 } }
    agent.tell({ type: 'KILL', kill: { task_id: { value: 'T1' }, kill_policy } })
    agent.tell({ type: 'HEARTBEAT' })
    agent.tell({ type: 'MESSAGE', message: { data: Buffer.from('hi').toString('base64') } })
    await until('a word', () => words.includes('hi'))
    expect(heard).toEqual(['registered', 'launch T1', 'launch T2', 'kill T1 2000'])
    // This agent says little of itself, and something of a task that is none.
    expect(troubles).toHaveLength(2)
    executor.message('yes')
    const said = await until('an answer', () => agent.of('MESSAGE')[0])
    expect(said.body.message).toEqual({ data: Buffer.from('yes').toString('base64') })
  })

  test('groups go to who wants them whole, and what a handler throws is the end of its tasks', async () => {
    const agent = await agentThat(true)
    const groups: string[][] = []
    const { hears } = executorOf(agent.place, {
      launchGroup: (tasks) => {
        groups.push(tasks.map(({ taskId }) => taskId))
        throw new Error('no room')
      },
    })
    await hears('registered')
    const tasks = [task('G1'), task('G2')]
    agent.tell({ type: 'LAUNCH_GROUP', launch_group: { task_group: { tasks } } })
    await until('both updates', () => agent.of('UPDATE').length === 2)
    expect(groups).toEqual([['G1', 'G2']])
    const statuses = agent.of('UPDATE').map(({ body }) => statusIn(body))
    expect(statuses).toMatchObject([
      { task_id: { value: 'G1' }, state: 'TASK_FAILED', message: 'no room' },
      { task_id: { value: 'G2' }, state: 'TASK_FAILED', message: 'no room' },
    ])
  })

  test('an update that the agent refuses is given up, and the next ones are told', async () => {
    const agent = await agentThat(true, (call) => {
      if (call.type !== 'UPDATE' || statusIn(call.body).task_id.value !== 'bad') return false
      answer(call, 400, 'such a task')
      return true
    })
    const { executor, troubles, hears } = executorOf(agent.place, {}, checkpoint)
    await hears('registered')
    executor.update('bad', 'TASK_RUNNING')
    executor.update('good', 'TASK_RUNNING')
    await until('both', () => agent.of('UPDATE').length === 2)
    expect(troubles).toContain(
      'the agent refuses TASK_RUNNING of task bad: 400 Bad Request: such a task',
    )
    agent.streams[0]?.response.destroy()
    await until('its return', () => agent.streams.length === 2)
    expect(agent.streams[1]?.body.subscribe).toMatchObject({ unacknowledged_updates: [] })
    expect(() => executor.update('T', 'TASK_STAGING')).toThrow('no executor says')
  })
})

describe('Executors by the client: their agent is away', () => {
  test('what it has not acknowledged is handed over when it is back', async () => {
    const agent = await agentThat(false)
    const { executor, hears } = executorOf(agent.place, {}, checkpoint)
    await hears('registered')
    for (const id of ['T1', 'T2']) agent.tell({ type: 'LAUNCH', launch: { task: task(id) } })
    await hears('launch T2')
    executor.update('T1', 'TASK_RUNNING')
    executor.update('T1', 'TASK_FINISHED')
    const [first] = await until('both', () => {
      const updates = agent.of('UPDATE')
      return updates.length === 2 ? updates : undefined
    })
    if (first !== undefined) agent.acknowledge(first)
    agent.tell({ type: 'KILL', kill: { task_id: { value: 'T2' } } })
    await hears('kill T2 undefined')
    agent.streams[0]?.response.destroy()
    await hears('disconnected')
    const again = await until('its return', () => agent.streams[1])
    expect(again.body.subscribe).toMatchObject({
      unacknowledged_tasks: [{ task_id: { value: 'T2' } }],
      unacknowledged_updates: [{ status: { task_id: { value: 'T1' }, state: 'TASK_FINISHED' } }],
    })
    expect(agent.of('UPDATE')).toHaveLength(2)
  })

  test('what it says between SUBSCRIBE and its answer is told after it', async () => {
    const late: Heard[] = []
    const agent = await agentThat(true, (call) => {
      if (call.type === 'SUBSCRIBE') late.push(call)
      return call.type === 'SUBSCRIBE'
    })
    const { executor } = executorOf(agent.place)
    const [call] = await until('a SUBSCRIBE', () => (late.length === 1 ? late : undefined))
    executor.update('T1', 'TASK_RUNNING')
    if (call !== undefined) welcomeExecutor(call)
    await until('the update', () => agent.of('UPDATE').length === 1)
  })

  test('without a checkpoint it ends at once', async () => {
    const agent = await agentThat(true)
    const { executor, heard, hears } = executorOf(agent.place)
    await hears('registered')
    agent.streams[0]?.response.destroy()
    const error = await executor.ended
    expect(error?.message).toBe('the agent is gone: the stream of events ended')
    expect(heard).toEqual(['registered', 'shutdown'])
  })

  test('with one it ends when the agent does not come back in time', async () => {
    const agent = await agentThat(true)
    const env = { ...checkpoint, MESOS_RECOVERY_TIMEOUT: '0.2secs' }
    const { executor, heard, hears } = executorOf(agent.place, {}, env)
    await hears('registered')
    agent.server.closeAllConnections()
    agent.server.close()
    const error = await executor.ended
    expect(error?.message).toMatch(/^the agent is gone: it did not come back in 200 ms: /)
    expect(heard.at(-1)).toBe('shutdown')
  })

  test('one that came back in time is not waited for any more', async () => {
    const agent = await agentThat(true)
    const env = { ...checkpoint, MESOS_RECOVERY_TIMEOUT: '0.1secs' }
    const { executor, heard, hears } = executorOf(agent.place, {}, env)
    await hears('registered')
    agent.streams[0]?.response.destroy()
    await until('its return', () => agent.streams.length === 2)
    await new Promise((rested) => setTimeout(rested, 200))
    expect(heard).not.toContain('shutdown')
    executor.update('T1', 'TASK_RUNNING')
    await until('the update', () => agent.of('UPDATE').length === 1)
  })

  test('an agent that does not want it is the end, whatever was wanted', async () => {
    const agent = await agentThat(true, (call) => {
      answer(call, 401, 'who are you?')
      return true
    })
    const { executor } = executorOf(agent.place, {}, checkpoint)
    const error = await executor.ended
    expect(error).toBeInstanceOf(RefusedError)
    expect(error).toMatchObject({ status: 401 })
  })
})

describe('Executors by the client: the end', () => {
  test('SHUTDOWN: it has ended when its last updates are acknowledged', async () => {
    const agent = await agentThat(true)
    const { executor, hears } = executorOf(agent.place, {
      shutdown: (reply) => reply.update('T1', 'TASK_KILLED'),
    })
    await hears('registered')
    agent.tell({ type: 'SHUTDOWN' })
    expect(await executor.ended).toBeUndefined()
    expect(agent.of('UPDATE').map(({ body }) => statusIn(body).state)).toEqual(['TASK_KILLED'])
  })

  test('and at the latest when its grace period is over', async () => {
    const agent = await agentThat(false)
    const { executor, hears } = executorOf(agent.place, { shutdown: () => new Promise(() => {}) })
    await hears('registered')
    agent.tell({ type: 'SHUTDOWN' })
    expect(await executor.ended).toBeUndefined()
  })
})

describe('Executors by the client: what their agent has told them', () => {
  const all = { ...ids, MESOS_AGENT_ENDPOINT: '127.0.0.1:5051' }

  test('durations are read as Mesos writes them, and have its defaults', () => {
    const { server, ...rest } = environmentOf(
      { ...all, MESOS_SANDBOX: 'box', MESOS_RECOVERY_TIMEOUT: '1.5mins', ...checkpoint },
      {},
    )
    expect(server.url.href).toBe('http://127.0.0.1:5051/api/v1/executor')
    expect(rest).toEqual({
      frameworkId: 'F',
      executorId: 'E',
      sandbox: 'box',
      checkpoint: true,
      recoveryTimeoutMs: 90_000,
      subscriptionBackoffMaxMs: 10,
      shutdownGraceMs: 5_000,
    })
    const secure = environmentOf({ ...all, LIBPROCESS_SSL_ENABLED: '1' }, { ca: 'pem' })
    expect(secure.server).toMatchObject({ ca: 'pem' })
    expect(secure.server.url.protocol).toBe('https:')
  })

  test.each([
    [{ ...all, MESOS_FRAMEWORK_ID: '' }, 'MESOS_FRAMEWORK_ID is not set'],
    [{}, 'MESOS_AGENT_ENDPOINT is not set'],
    [{ ...all, MESOS_AGENT_ENDPOINT: 'a b' }, 'expected ip:port'],
    [{ ...all, MESOS_RECOVERY_TIMEOUT: 'soon' }, 'MESOS_RECOVERY_TIMEOUT is soon'],
  ])('%j is not enough', (env, sentence) => {
    expect(() => environmentOf(env, {})).toThrow(sentence)
  })
})
