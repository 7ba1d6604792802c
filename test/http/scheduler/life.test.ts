import { describe, expect, it } from 'vitest'
import { cluster, commandTask, launching, subscribed, TestScheduler } from './support.ts'

const expectRole = (name: string): unknown => expect.objectContaining({ name })

describe('Scheduler API: the life of a framework', () => {
  it('SUBSCRIBE: the head of the stream, the first events, an offer of the whole agent', async () => {
    const head = await cluster(1)
    const scheduler = new TestScheduler(head)
    const first = await scheduler.subscribe()
    expect(scheduler.streamId).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-/)
    expect(first.subscribed).toMatchObject({
      framework_id: { value: head.snapshot().frameworks[0]?.id },
      heartbeat_interval_seconds: 15,
      master_info: {
        hostname: 'localhost',
        version: '1.12.0',
        port: Number(head.place.split(':')[1]),
        ip: 16_777_343,
      },
    })
    const offer = await scheduler.offer()
    expect(offer.allocation_info).toEqual({ role: 'eng' })
    expect(scheduler.events.map(({ type }) => type)).toEqual(['SUBSCRIBED', 'HEARTBEAT', 'OFFERS'])
  })

  it('ACCEPT, UPDATE, ACKNOWLEDGE, KILL, RECONCILE: from the launch to the last update', async () => {
    const scheduler = await subscribed(await cluster(1))
    const offer = await scheduler.offer()
    const task = commandTask('t', offer, 'sleep 100')
    expect(await scheduler.call('ACCEPT', launching(offer, [task]))).toBe(202)
    const acknowledge = async (state: string) => {
      const { agent_id, task_id, uuid } = await scheduler.state('t', state)
      expect(Buffer.from(String(uuid), 'base64')).toHaveLength(16)
      expect(await scheduler.call('ACKNOWLEDGE', { agent_id, task_id, uuid })).toBe(202)
    }
    await acknowledge('TASK_STARTING')
    await acknowledge('TASK_RUNNING')
    const from = scheduler.events.length
    expect(await scheduler.call('RECONCILE', { tasks: [] })).toBe(202)
    const told = await scheduler.state('t', 'TASK_RUNNING', from)
    expect([told.source, told.reason, told.uuid]).toEqual([
      'SOURCE_MASTER',
      'REASON_RECONCILIATION',
      undefined,
    ])
    expect(await scheduler.call('KILL', { task_id: { value: 't' } })).toBe(202)
    await acknowledge('TASK_KILLED')
    const after = scheduler.events.length
    await scheduler.call('RECONCILE', { tasks: [{ task_id: { value: 't' } }] })
    await scheduler.state('t', 'TASK_UNKNOWN', after)
  })

  it('DECLINE, SUPPRESS and REVIVE decide who gets offers', async () => {
    const scheduler = await subscribed(await cluster(1))
    const offer = await scheduler.offer()
    expect(await scheduler.call('SUPPRESS')).toBe(202)
    const decline = { offer_ids: [offer.id], filters: { refuse_seconds: 1_000 } }
    expect(await scheduler.call('DECLINE', decline)).toBe(202)
    const from = scheduler.events.length
    expect(await scheduler.call('REVIVE')).toBe(202)
    const again = await scheduler.offer(from)
    expect(again.id).not.toEqual(offer.id)
    expect(again.resources).toEqual(offer.resources)
  })

  it.each([
    ['MESSAGE', { agent_id: { value: 'x' }, executor_id: { value: 'y' }, data: 'aGk=' }],
    ['SHUTDOWN', { agent_id: { value: 'x' }, executor_id: { value: 'y' } }],
    ['REQUEST', { requests: [] }],
    ['RECONCILE_OPERATIONS', { operations: [] }],
    ['ACCEPT_INVERSE_OFFERS', { inverse_offer_ids: [{ value: 'x' }] }],
    ['DECLINE_INVERSE_OFFERS', { inverse_offer_ids: [{ value: 'x' }] }],
    [
      'ACKNOWLEDGE_OPERATION_STATUS',
      {
        agent_id: { value: 'x' },
        operation_id: { value: 'o' },
        uuid: Buffer.from('00112233445546778899aabbccddeeff', 'hex').toString('base64'),
      },
    ],
  ])('%s about what is not there is taken, and changes nothing', async (type, part) => {
    const head = await cluster(0)
    const scheduler = await subscribed(head)
    const { status, body } = await scheduler.send({
      type,
      framework_id: { value: scheduler.frameworkId },
      [type.toLowerCase()]: part,
    })
    expect([status, body]).toEqual([202, ''])
    expect(await scheduler.call('REVIVE')).toBe(202)
    expect(scheduler.types()).toEqual(['SUBSCRIBED'])
    expect(head.marks()['message.unexpected']).toBeUndefined()
  })

  it('RECONCILE_OPERATIONS: what is known of those that it names, and of all that go on', async () => {
    const head = await cluster(1)
    const scheduler = await subscribed(head)
    const { agent_id } = await scheduler.offer()
    const from = scheduler.events.length
    const ask = (operations: object[]) => scheduler.call('RECONCILE_OPERATIONS', { operations })
    expect(await ask([])).toBe(202)
    expect(await ask([{ operation_id: { value: 'a' }, agent_id }])).toBe(202)
    await scheduler.until(({ type }) => type === 'UPDATE_OPERATION_STATUS', from)
    const heard = scheduler.events.slice(from)
    expect(heard.map((event) => event.update_operation_status?.status)).toEqual([
      { operation_id: { value: 'a' }, agent_id, state: 'OPERATION_UNKNOWN' },
    ])
  })

  it('an operation with an id: what became of it has a uuid, and is over when it is acknowledged', async () => {
    const scheduler = await subscribed(await cluster(1))
    const offer = await scheduler.offer()
    const reservations = [{ type: 'DYNAMIC', role: 'eng' }]
    const cpus = { name: 'cpus', type: 'SCALAR', scalar: { value: 1 }, reservations }
    const reserve = { type: 'RESERVE', id: { value: 'r' }, reserve: { resources: [cpus] } }
    const from = scheduler.events.length
    const accept = { offer_ids: [offer.id], operations: [reserve] }
    expect(await scheduler.call('ACCEPT', accept)).toBe(202)
    const isStatus = ({ type }: { type: string }) => type === 'UPDATE_OPERATION_STATUS'
    const told = await scheduler.until(isStatus, from)
    const { agent_id } = offer
    const operation_id = { value: 'r' }
    const status = told.update_operation_status?.status
    expect(status).toMatchObject({ operation_id, agent_id, state: 'OPERATION_FINISHED' })
    const { value: uuid } = Object(status).uuid
    expect(Buffer.from(uuid, 'base64')).toHaveLength(16)
    const ask = async () => {
      const at = scheduler.events.length
      const operations = [{ operation_id, agent_id }]
      expect(await scheduler.call('RECONCILE_OPERATIONS', { operations })).toBe(202)
      return (await scheduler.until(isStatus, at)).update_operation_status?.status
    }
    expect(await ask()).toEqual({ operation_id, agent_id, state: 'OPERATION_FINISHED' })
    const acknowledgement = { agent_id, operation_id, uuid }
    expect(await scheduler.call('ACKNOWLEDGE_OPERATION_STATUS', acknowledgement)).toBe(202)
    expect(await ask()).toEqual({ operation_id, agent_id, state: 'OPERATION_UNKNOWN' })
  })

  it('an operation that nobody acknowledged: lost with its agent, as are those that go on', async () => {
    const head = await cluster(1)
    const scheduler = await subscribed(head)
    const offer = await scheduler.offer()
    const reservations = [{ type: 'DYNAMIC', role: 'eng' }]
    const cpus = { name: 'cpus', type: 'SCALAR', scalar: { value: 1 }, reservations }
    const reserve = { type: 'RESERVE', id: { value: 'r' }, reserve: { resources: [cpus] } }
    const accept = { offer_ids: [offer.id], operations: [reserve] }
    expect(await scheduler.call('ACCEPT', accept)).toBe(202)
    const isStatus = ({ type }: { type: string }) => type === 'UPDATE_OPERATION_STATUS'
    await scheduler.until(isStatus)
    const { agent_id } = offer
    const from = scheduler.events.length
    await head.markAgentGone(agent_id.value)
    const { update_operation_status } = await scheduler.until(isStatus, from)
    const operation_id = { value: 'r' }
    const gone = { operation_id, agent_id, state: 'OPERATION_GONE_BY_OPERATOR' }
    expect(update_operation_status?.status).toMatchObject(gone)
    expect(update_operation_status?.status).not.toHaveProperty('uuid')
    const at = scheduler.events.length
    const operations = [{ operation_id, agent_id }]
    expect(await scheduler.call('RECONCILE_OPERATIONS', { operations })).toBe(202)
    expect((await scheduler.until(isStatus, at)).update_operation_status?.status).toEqual(gone)
  })

  it.each(['constructor', 'toString', '__proto__'])(
    'a role may be called %s: it is offered to like any other',
    async (role) => {
      const head = await cluster(1)
      const scheduler = await subscribed(head, { roles: [role] })
      const offer = await scheduler.offer()
      expect(offer.allocation_info).toEqual({ role })
      const from = scheduler.events.length
      const tasks = [commandTask('t', offer, 'true')]
      expect(await scheduler.call('ACCEPT', launching(offer, tasks))).toBe(202)
      await scheduler.state('t', 'TASK_STARTING', from)
      const roles: unknown = await (await fetch(`http://${head.place}/roles`)).json()
      expect(roles).toMatchObject({ roles: expect.arrayContaining([expectRole(role)]) })
    },
  )

  it('TEARDOWN: the stream ends without a word, and the id is burnt', async () => {
    const head = await cluster(1)
    const scheduler = await subscribed(head)
    await scheduler.offer()
    const from = scheduler.events.length
    expect(await scheduler.call('TEARDOWN')).toBe(202)
    expect((await scheduler.closed()).slice(from)).toEqual([])
    expect(await scheduler.call('REVIVE')).toBe(400)
    expect(head.snapshot().frameworks).toEqual([])
    const again = new TestScheduler(head)
    const first = await again.subscribe({ id: { value: scheduler.frameworkId } })
    expect(first).toEqual({
      type: 'ERROR',
      error: { message: expect.stringContaining('has been removed') },
    })
    await again.closed()
  })

  it('UPDATE_FRAMEWORK: what it changes counts for the next offers; what cannot change is refused', async () => {
    const head = await cluster(1)
    const scheduler = await subscribed(head)
    await scheduler.offer()
    const from = scheduler.events.length
    const update = (info: object) =>
      scheduler.call('UPDATE_FRAMEWORK', {
        framework_info: {
          user: 'root',
          name: 'renamed',
          roles: ['ads'],
          capabilities: [{ type: 'MULTI_ROLE' }],
          id: { value: scheduler.frameworkId },
          ...info,
        },
      })
    expect(await update({})).toBe(200)
    expect(head.snapshot().frameworks[0]?.name).toBe('renamed')
    expect((await scheduler.offer(from)).allocation_info).toEqual({ role: 'ads' })
    expect(scheduler.types(from)).toEqual(['RESCIND', 'OFFERS'])
    expect(await update({ user: 'nobody' })).toBe(400)
    expect(await update({ checkpoint: true })).toBe(400)
    expect(await update({ principal: 'somebody' })).toBe(400)
    expect(await update({ roles: ['a b'] })).toBe(400)
    expect(await update({ id: { value: 'another' } })).toBe(400)
  })
})
