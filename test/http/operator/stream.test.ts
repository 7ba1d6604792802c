import { describe, expect, it } from 'vitest'
import { Subscribers } from '../../../src/http/operator/subscribers.ts'
import { everybody } from '../../../src/http/operator/viewer.ts'
import { readAcls } from '../../../src/http/security/acls.ts'
import { LocalAuthorizer } from '../../../src/http/security/authorizer.ts'
import { commandOn } from '../../support/fake-scheduler.ts'
import { Desk, facts, isRecord, Listener } from './support.ts'

function subscribersOf({ stage, door }: Desk, max?: number): Subscribers {
  const { clock, road: transport } = stage
  const ask = () => Promise.resolve()
  return new Subscribers(
    { facts, history: door.history, ledger: () => stage.ledger, ask, transport, clock },
    max,
  )
}

describe('Operator API: the stream of events', () => {
  it('the state as it is, a heartbeat at once, and one each 15 s (1 agent)', async () => {
    const desk = new Desk()
    desk.stage.agent('one', { cpus: 4 })
    const listener = await desk.subscribe()
    await listener.begun()
    const [first] = listener.events
    expect(first).toEqual({
      type: 'SUBSCRIBED',
      subscribed: {
        get_state: await desk.query('GET_STATE'),
        heartbeat_interval_seconds: 15,
      },
    })
    desk.stage.advance(14_999)
    expect(listener.types).toEqual(['SUBSCRIBED', 'HEARTBEAT'])
    desk.stage.advance(1)
    expect(listener.types).toEqual(['SUBSCRIBED', 'HEARTBEAT', 'HEARTBEAT'])
  })

  it('each status that a scheduler is told, also when the task is further already', async () => {
    const desk = new Desk()
    const { stage } = desk
    stage.agent('one', { cpus: 4 })
    const eng = stage.scheduler('eng')
    eng.acknowledges = false
    const listener = await desk.subscribe()
    await listener.begun()
    eng.launch(eng.offer, [commandOn(eng.offer, 't1', { cpus: 1 })])
    stage.advance(100)
    stage.puppets.exit('t1', true)
    stage.advance(100)
    for (let told = 0; told < 3; told++) {
      for (const status of eng.updates('t1').slice(told)) eng.acknowledge(status)
      stage.advance(100)
    }
    const updates = listener.events.flatMap((event) => {
      const { task_updated } = event
      return isRecord(task_updated) ? [task_updated] : []
    })
    expect(updates).toMatchObject([
      { status: { state: 'TASK_STARTING' }, state: 'TASK_STARTING' },
      { status: { state: 'TASK_RUNNING' }, state: 'TASK_FINISHED' },
      { status: { state: 'TASK_FINISHED' }, state: 'TASK_FINISHED' },
    ])
  })

  it('the life of a framework and its task (1 agent)', async () => {
    const desk = new Desk()
    const { listener, eng } = await withTask(desk)
    const { stage } = desk
    eng.kill('t1')
    stage.advance(100)
    await desk.call('TEARDOWN', { framework_id: { value: eng.frameworkId } })
    const [, , agent, framework, task, ...rest] = listener.events
    expect(agent).toMatchObject({
      type: 'AGENT_ADDED',
      agent_added: { agent: { agent_info: { hostname: 'one' }, active: true } },
    })
    expect(JSON.stringify(agent)).not.toContain('checkpoint')
    expect(framework).toEqual({
      type: 'FRAMEWORK_ADDED',
      framework_added: {
        framework: {
          framework_info: expect.objectContaining({ name: 'eng' }),
          active: true,
          connected: true,
          recovered: false,
          registered_time: expect.anything(),
          reregistered_time: expect.anything(),
          unregistered_time: { nanoseconds: 0 },
        },
      },
    })
    expect(task).toMatchObject({
      type: 'TASK_ADDED',
      task_added: { task: { task_id: { value: 't1' }, state: 'TASK_STAGING' } },
    })
    const framework_id = { value: eng.frameworkId }
    const updated = (state: string) => ({
      type: 'TASK_UPDATED',
      task_updated: { framework_id, state, status: expect.objectContaining({ state }) },
    })
    expect(rest).toEqual([
      updated('TASK_STARTING'),
      updated('TASK_RUNNING'),
      updated('TASK_KILLING'),
      updated('TASK_KILLED'),
      {
        type: 'FRAMEWORK_REMOVED',
        framework_removed: { framework_info: expect.objectContaining({ id: framework_id }) },
      },
    ])
  })

  it('what happens while the first record is made follows it (1 agent, 1 framework)', async () => {
    const desk = new Desk()
    const listener = new Listener(subscribersOf(desk).answerFor(everybody))
    desk.stage.agent('one', { cpus: 4 })
    expect(listener.records).toEqual([])
    await listener.begun()
    expect(listener.types).toEqual(['SUBSCRIBED', 'HEARTBEAT', 'AGENT_ADDED'])
    const [first] = listener.events
    expect(JSON.stringify(first)).not.toContain('one')
  })

  it('an agent that is out of reach is removed, and added when it is back (1 agent, 1 task)', async () => {
    const desk = new Desk({ timeouts: { pingIntervalMs: 1_000 } })
    const { stage } = desk
    stage.agent('one', { cpus: 4 })
    const eng = stage.scheduler('eng', { checkpoint: true })
    stage.settle()
    eng.launch(eng.offer, [commandOn(eng.offer, 't1', { cpus: 1 })])
    stage.advance(100)
    const listener = await desk.subscribe()
    await listener.begun()
    const heal = stage.road.drop('lifecycle.pong')
    stage.advance(20_000)
    expect(listener.types).toContain('AGENT_REMOVED')
    expect(await desk.query('GET_AGENTS')).toMatchObject({ agents: [] })
    expect(await desk.query('GET_TASKS')).toMatchObject({
      tasks: [],
      unreachable_tasks: [
        {
          task_id: { value: 't1' },
          state: 'TASK_UNREACHABLE',
          status_update_state: 'TASK_RUNNING',
        },
      ],
    })
    heal()
    stage.advance(100_000)
    const told = listener.types.filter((type) => type !== 'HEARTBEAT')
    expect(told.slice(1)).toEqual(['TASK_UPDATED', 'AGENT_REMOVED', 'AGENT_ADDED', 'TASK_ADDED'])
    expect(await desk.query('GET_TASKS')).toMatchObject({
      tasks: [{ state: 'TASK_RUNNING', statuses: [{}, {}, { state: 'TASK_UNREACHABLE' }] }],
      unreachable_tasks: [],
    })
    expect(await desk.query('GET_METRICS', {})).toMatchObject({
      metrics: expect.arrayContaining([
        { name: 'master/slave_unreachable_completed', value: 1 },
        { name: 'master/slave_reregistrations', value: 1 },
        { name: 'master/slave_registrations', value: 1 },
      ]),
    })
  })

  it('nothing is sent to whoever has gone', async () => {
    const desk = new Desk()
    const listener = await desk.subscribe()
    await listener.begun()
    const { length } = listener.records
    listener.streaming.closed('its connection was closed')
    desk.stage.agent('one', { cpus: 4 })
    desk.stage.advance(60_000)
    expect(listener.records.length).toBe(length)
  })

  it('the oldest makes room for one too many', async () => {
    const desk = new Desk()
    const subscribers = subscribersOf(desk, 2)
    const listeners = [1, 2, 3].map(() => new Listener(subscribers.answerFor(everybody)))
    expect(subscribers.size).toBe(2)
    expect(listeners.map(({ isEnded }) => isEnded)).toEqual([true, false, false])
    subscribers.close()
    expect(subscribers.size).toBe(0)
  })

  it('a subscriber only hears of what it may see (2 frameworks)', async () => {
    const desk = new Desk({
      authorizer: {
        may: (principal, _action, { framework }) =>
          framework === undefined || framework.principal === principal,
      },
    })
    const { stage } = desk
    stage.agent('one', { cpus: 4 })
    const listener = await desk.subscribe('ann')
    await listener.begun()
    for (const principal of ['ann', 'bob']) {
      const scheduler = stage.scheduler(principal, { principal })
      stage.advance(1_000)
      const { offer } = scheduler
      scheduler.launch(offer, [commandOn(offer, `of-${principal}`, { cpus: 1 })])
      stage.advance(1_000)
    }
    const text = JSON.stringify(listener.events)
    expect(text).toContain('of-ann')
    expect(text).not.toContain('of-bob')
    expect(text).not.toContain('"bob"')
    const tasks = await desk.query('GET_TASKS', undefined, 'bob')
    expect(isRecord(tasks) && tasks.tasks).toMatchObject([{ name: 'of-bob' }])
  })

  it.each([
    ['view_frameworks', 'view_tasks'],
    ['view_tasks', 'view_frameworks'],
  ])('a task is hidden that %s forbids, whatever %s allows', async (forbids, allows) => {
    const everybody = { type: 'ANY' }
    const desk = deskWith({
      [forbids]: [{ principals: everybody, users: { type: 'NONE' } }],
      [allows]: [{ principals: everybody, users: everybody }],
    })
    const { listener } = await lifeOfTask(desk)
    expect(listener.types.filter((type) => String(type).startsWith('TASK_'))).toEqual([])
  })

  it('the tasks of a framework that is removed end for who may see them', async () => {
    const { listener, framework_id } = await lifeOfTask(deskWith({ permissive: true }))
    expect(listener.events.slice(-2)).toMatchObject([
      { type: 'TASK_UPDATED', task_updated: { framework_id, state: 'TASK_KILLED' } },
      { type: 'FRAMEWORK_REMOVED' },
    ])
  })
})

function deskWith(acls: object): Desk {
  return new Desk({ authorizer: new LocalAuthorizer(readAcls(JSON.stringify(acls))) })
}

/** Listens while an agent and a framework join, and a task is launched. */
async function withTask(desk: Desk) {
  const { stage } = desk
  const listener = await desk.subscribe()
  await listener.begun()
  stage.agent('one', { cpus: 4 })
  const eng = stage.scheduler('eng')
  stage.settle()
  eng.launch(eng.offer, [commandOn(eng.offer, 't1', { cpus: 1 })])
  stage.advance(100)
  return { listener, eng }
}

/** Listens to a task that is launched, and that runs when its framework is removed. */
async function lifeOfTask(desk: Desk) {
  const { listener, eng } = await withTask(desk)
  const framework_id = { value: eng.frameworkId }
  await desk.call('TEARDOWN', { framework_id })
  return { listener, framework_id }
}
