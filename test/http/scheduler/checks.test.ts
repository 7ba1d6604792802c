import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { connect } from '../../cluster/processes/support.ts'
import { cluster, frameworkInfo, subscribed, TestScheduler } from './support.ts'

const subscribe = { type: 'SUBSCRIBE', subscribe: { framework_info: frameworkInfo } }
const html = { accept: 'text/html' }

describe('Scheduler API: what is refused, in this order', () => {
  it.each(['GET', 'PUT', 'DELETE', 'HEAD', 'PATCH'])('405: %s', async (method) => {
    const { place } = await cluster(0)
    const answer = await fetch(`http://${place}/api/v1/scheduler`, { method })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('405: what lies below the endpoint is no other one', async () => {
    const { place } = await cluster(0)
    const answer = await fetch(`http://${place}/api/v1/scheduler/more`)
    expect(answer.status).toBe(405)
  })

  it('400 and 415: the type of the body comes before its form', async () => {
    const { place } = await cluster(0)
    const post = async (type: string | undefined) => {
      const headers = type === undefined ? {} : { 'content-type': type }
      const body = new Uint8Array(Buffer.from('no JSON'))
      const answer = await fetch(`http://${place}/api/v1/scheduler`, {
        method: 'POST',
        body,
        headers,
      })
      return answer.status
    }
    expect(await post(undefined)).toBe(400)
    expect(await post('text/plain')).toBe(415)
    expect(await post('application/x-protobuf')).toBe(415)
    expect(await post('application/json; charset=utf-8')).toBe(415)
    expect(await post('application/json')).toBe(400)
  })

  it.each([
    ['nothing', ''],
    ['half of it', '{"type": "SUBSCRIBE"'],
    ['a list', '[]'],
    ['no type', { subscribe: subscribe.subscribe }],
    ['a type that is none', { type: 'DANCE' }],
    ["the type that ends Mesos' master", { type: 'UNKNOWN' }],
    ['no subscribe', { type: 'SUBSCRIBE' }],
    ['no framework_info', { type: 'SUBSCRIBE', subscribe: {} }],
    ['an id at the top only', { ...subscribe, framework_id: { value: 'f' } }],
    ['no framework_id', { type: 'REVIVE' }],
    ['an unknown framework', { type: 'REVIVE', framework_id: { value: 'nobody' } }],
    ['no accept', { type: 'ACCEPT', framework_id: { value: 'nobody' } }],
  ])('400: %s', async (_what, body) => {
    const scheduler = new TestScheduler(await cluster(0))
    const { status, body: sentence } = await scheduler.send(body)
    expect([status, sentence]).toEqual([400, expect.stringMatching(/^.{10,}$/)])
  })

  it('406: whoever accepts no JSON cannot subscribe; the form of the call comes first', async () => {
    const scheduler = new TestScheduler(await cluster(0))
    expect((await scheduler.send(subscribe, html)).status).toBe(406)
    expect((await scheduler.send({ type: 'SUBSCRIBE' }, html)).status).toBe(400)
  })

  it('406: nor ask about operations; all other calls have no body to accept', async () => {
    const scheduler = await subscribed(await cluster(0))
    const operations = { operations: [] }
    expect(await scheduler.call('RECONCILE_OPERATIONS', operations, html)).toBe(406)
    expect(await scheduler.call('REVIVE', undefined, html)).toBe(202)
  })

  it('400: a SUBSCRIBE with a stream id; 406 comes first', async () => {
    const scheduler = new TestScheduler(await cluster(0))
    expect((await scheduler.send(subscribe)).status).toBe(400)
    expect((await scheduler.send(subscribe, html)).status).toBe(406)
  })

  it('400: no stream id, too long a one, not the current one', async () => {
    const scheduler = await subscribed(await cluster(0))
    const revive = (id: string) => scheduler.call('REVIVE', undefined, { 'mesos-stream-id': id })
    expect(await revive('')).toBe(400)
    expect(await revive('x'.repeat(129))).toBe(400)
    expect(await revive('11111111-1111-4111-8111-111111111111')).toBe(400)
    expect(await revive(scheduler.streamId)).toBe(202)
  })

  it('403: a framework that is connected in another way', async () => {
    const head = await cluster(0)
    const { place } = head
    const framework = (await connect(place)).framework({ name: 'linked' }, { offers: () => {} })
    const frameworkId = await framework.registered
    const scheduler = await subscribed(head)
    const revive = { type: 'REVIVE', framework_id: { value: frameworkId } }
    expect((await scheduler.send(revive)).status).toBe(403)
    expect((await scheduler.send(revive, { 'mesos-stream-id': '' })).status).toBe(403)
  })

  it('403: a framework that is not connected any more', async () => {
    const head = await cluster(0)
    const scheduler = await subscribed(head, { failover_timeout: 600 })
    const { frameworkId, streamId } = scheduler
    scheduler.dispose()
    const other = new TestScheduler(head)
    const revive = { type: 'REVIVE', framework_id: { value: frameworkId } }
    let status = 202
    while (status === 202) {
      status = (await other.send(revive, { 'mesos-stream-id': streamId })).status
    }
    expect(status).toBe(403)
    expect(head.snapshot().frameworks[0]?.state).toBe('disconnected')
    expect((await other.send(revive, { 'mesos-stream-id': 'nonsense' })).status).toBe(403)
  })

  it('a body may be gzip, chunked, and full of nulls', async () => {
    const { place } = await cluster(0)
    const call = {
      ...subscribe,
      framework_id: null,
      subscribe: {
        ...subscribe.subscribe,
        framework_info: { ...frameworkInfo, id: null, role: '*', hostname: null },
      },
    }
    const answer = await fetch(`http://${place}/api/v1/scheduler`, {
      method: 'POST',
      body: new Uint8Array(gzipSync(JSON.stringify(call))),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    })
    expect(answer.status).toBe(200)
    await answer.body?.cancel()
  })
})

describe('Scheduler API: subscriptions that are well-formed and cannot be', () => {
  it.each([
    ['a role with a space', { roles: ['a b'] }, {}],
    ['the same role twice', { roles: ['a', 'a'] }, {}],
    ['roles without MULTI_ROLE', { capabilities: [] }, {}],
    ['a role with MULTI_ROLE', { roles: undefined, role: 'a' }, {}],
    ['a time that cannot be waited', { failover_timeout: 1e18 }, {}],
    ['a suppressed role that is none of its own', {}, { suppressed_roles: ['zz'] }],
    ['an id with a slash', { id: { value: 'a/b' } }, {}],
  ])('%s: one ERROR, and the stream ends', async (_what, info, more) => {
    const head = await cluster(0)
    const scheduler = new TestScheduler(head)
    const first = await scheduler.subscribe(info, more)
    expect(first).toEqual({ type: 'ERROR', error: { message: expect.any(String) } })
    expect(await scheduler.closed()).toEqual([first])
    expect(head.snapshot().frameworks).toEqual([])
  })

  it('another principal than before', async () => {
    const head = await cluster(0)
    const before = await subscribed(head, { principal: 'one', failover_timeout: 600 })
    const id = { value: before.frameworkId }
    const after = new TestScheduler(head)
    expect((await after.subscribe({ id, principal: 'two' })).type).toBe('ERROR')
    await after.closed()
    expect(await before.call('REVIVE')).toBe(202)
  })
})
