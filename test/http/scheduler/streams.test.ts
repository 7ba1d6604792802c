import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { request, Wire } from '../server/support.ts'
import {
  callOf,
  cluster,
  commandTask,
  type Data,
  frameworkInfo,
  launching,
  subscribed,
  TestScheduler,
} from './support.ts'

const json = 'content-type: application/json\r\n'
const portOf = (place: string) => Number(place.split(':')[1])

describe('Scheduler API: streams', () => {
  it('every chunk is one record', async () => {
    const { place } = await cluster(1)
    const body = JSON.stringify({
      type: 'SUBSCRIBE',
      subscribe: { framework_info: { ...frameworkInfo, name: 'Sören' } },
    })
    const wire = new Wire(portOf(place)).send(request('POST', '/api/v1/scheduler', body, json))
    const text = await wire.until((so) => so.includes('"OFFERS"') && so.endsWith('}\r\n'))
    const stream = text.slice(text.indexOf('\r\n\r\n') + 4)
    const chunks: string[] = []
    for (let at = 0; at < stream.length; ) {
      const [line = ''] = stream.slice(at).split('\r\n')
      const start = at + line.length + 2
      const end = start + Number.parseInt(line, 16)
      chunks.push(stream.slice(start, end))
      expect(stream.slice(end, end + 2)).toBe('\r\n')
      at = end + 2
    }
    const types = chunks.map((chunk) => {
      const [length = '', record = ''] = chunk.split('\n')
      expect(record).toHaveLength(Number(length))
      return JSON.parse(record).type
    })
    expect(types).toEqual(['SUBSCRIBED', 'HEARTBEAT', 'OFFERS'])
  })

  it('HEARTBEAT comes at once, and again in the rhythm that SUBSCRIBED told', async () => {
    const scheduler = new TestScheduler(await cluster(0, { timeouts: { heartbeatIntervalMs: 40 } }))
    const { subscribed } = await scheduler.subscribe()
    expect(subscribed?.heartbeat_interval_seconds).toBe(0.04)
    while (scheduler.events.length < 4) await scheduler.until(() => true, scheduler.events.length)
    expect(scheduler.events.slice(1, 4)).toEqual(Array(3).fill({ type: 'HEARTBEAT' }))
  })

  it('calls that are pipelined are carried out in their order, and answered in it', async () => {
    const head = await cluster(1)
    const scheduler = await subscribed(head)
    const offer = await scheduler.offer()
    const { frameworkId } = scheduler
    const headers = `${json}mesos-stream-id: ${scheduler.streamId}\r\n`
    const call = (type: string, part?: Data) =>
      request('POST', '/api/v1/scheduler', JSON.stringify(callOf(type, frameworkId, part)), headers)
    const tasks = [commandTask('t', offer, 'sleep 100')]
    const wire = new Wire(portOf(head.place))
    wire.send(
      call('SUPPRESS') +
        call('ACCEPT', launching(offer, tasks)) +
        call('DANCE') +
        call('RECONCILE', { tasks: [{ task_id: { value: 't' } }] }) +
        call('KILL', { task_id: { value: 't' } }),
    )
    const text = await wire.until((so) => so.split('HTTP/1.1').length === 6)
    const statuses = text.match(/HTTP\/1.1 \d+/g)?.map((line) => line.slice(9))
    expect(statuses).toEqual(['202', '202', '400', '202', '202'])
    await scheduler.state('t', 'TASK_KILLED')
    const states = scheduler.events.flatMap(({ update }) => update?.status.state ?? [])
    expect(states).toEqual(['TASK_STAGING', 'TASK_KILLED'])
  })

  it('a second instance takes over: ERROR to the first, whose stream id is worthless', async () => {
    const head = await cluster(1)
    const first = await subscribed(head, { failover_timeout: 600 })
    const held = await first.offer()
    const from = first.events.length
    const id = { value: first.frameworkId }
    const second = new TestScheduler(head)
    expect((await second.subscribe({ id, failover_timeout: 600 })).type).toBe('SUBSCRIBED')
    expect((await first.closed()).slice(from).map(({ type }) => type)).toEqual(['ERROR'])
    expect(await first.call('REVIVE')).toBe(400)
    expect(second.frameworkId).toBe(first.frameworkId)
    expect((await second.offer()).id).not.toEqual(held.id)
    expect(head.snapshot().frameworks.map(({ state }) => state)).toEqual(['connected'])
  })

  it('a scheduler that goes is disconnected, and finds its task when it comes back', async () => {
    const head = await cluster(1)
    const before = await subscribed(head, { failover_timeout: 600 })
    const offer = await before.offer()
    await before.call('ACCEPT', launching(offer, [commandTask('t', offer, 'sleep 100')]))
    await before.state('t', 'TASK_STARTING')
    before.dispose()
    const after = new TestScheduler(head)
    await after.subscribe({ id: { value: before.frameworkId }, failover_timeout: 600 })
    const { agent_id, task_id, uuid } = await after.state('t', 'TASK_STARTING')
    await after.call('ACKNOWLEDGE', { agent_id, task_id, uuid })
    await after.state('t', 'TASK_RUNNING')
    expect(head.snapshot().frameworks.map(({ id }) => id)).toEqual([before.frameworkId])
  })

  it('a scheduler that comes back keeps its user, whatever it says now', async () => {
    const head = await cluster(0)
    const before = await subscribed(head, { failover_timeout: 600, user: 'alice' })
    const id = { value: before.frameworkId }
    const after = new TestScheduler(head)
    await after.subscribe({ id, failover_timeout: 600, user: 'bob', name: 'renamed' })
    const update = (user: string) =>
      after.call('UPDATE_FRAMEWORK', { framework_info: { ...frameworkInfo, id, user } })
    expect(head.snapshot().frameworks[0]?.name).toBe('renamed')
    expect([await update('bob'), await update('alice')]).toEqual([400, 200])
  })

  it('without a failover timeout it is gone when its connection is', async () => {
    const head = await cluster(0)
    const scheduler = await subscribed(head)
    scheduler.dispose()
    const other = new TestScheduler(head)
    const revive = callOf('REVIVE', scheduler.frameworkId)
    for (let body = ''; !body.includes('not known'); ) ({ body } = await other.send(revive))
    expect(head.snapshot().frameworks).toEqual([])
  })

  it('a scheduler that does not read is cut off at the bound, and the others are served', async () => {
    const http = { unreadBytesMax: 200_000 }
    const head = await cluster(1, { http })
    const deaf = await subscribed(head, { failover_timeout: 600, name: 'deaf' })
    deaf.pause()
    const other = await subscribed(head, { roles: ['ads'] })
    const offer = await deaf.offer()
    const tasks = Array.from({ length: 300 }, (_, index) => ({
      ...commandTask(`t${index}`, offer, 'true', 0.001),
      agent_id: { value: 'x'.repeat(200) },
    }))
    const isDeaf = () =>
      head.snapshot().frameworks.find(({ name }) => name === 'deaf')?.state === 'connected'
    while (isDeaf()) {
      await deaf.call('ACCEPT', { ...launching(offer, tasks), offer_ids: [{ value: 'gone' }] })
    }
    expect(await other.call('REVIVE')).toBe(202)
    expect(await deaf.call('REVIVE')).toBe(403)
  })

  it('a framework that somebody else removes hears nothing more, and its stream ends', async () => {
    const head = await cluster(0)
    const scheduler = await subscribed(head)
    const answer = await fetch(`http://${head.place}/api/v1`, {
      method: 'POST',
      body: JSON.stringify({
        type: 'TEARDOWN',
        teardown: { framework_id: { value: scheduler.frameworkId } },
      }),
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(200)
    expect((await scheduler.closed()).map(({ type }) => type)).toEqual(['SUBSCRIBED', 'HEARTBEAT'])
  })

  it('a master that is closed ends the streams and all connections', async () => {
    const head = await cluster(0)
    const scheduler = await subscribed(head)
    const idle = connect(portOf(head.place), '127.0.0.1')
    await new Promise((linked) => idle.once('connect', linked))
    await head.close()
    await scheduler.closed()
    expect(scheduler.types()).toEqual(['SUBSCRIBED'])
    idle.destroy()
  })
})
