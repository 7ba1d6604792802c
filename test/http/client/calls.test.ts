import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { reserve } from '../../../src/index.ts'
import { until } from '../../executors/harness.ts'
import { answer, Client, offerOf, offers, say, streaming, welcome } from './support.ts'

describe('Schedulers over HTTP: what they say to any master', () => {
  test('SUBSCRIBE tells all of the framework, without the header that its answer has', async () => {
    const { place, subscriptions } = await streaming()
    const client = new Client(`http://${place}/`, { user: 'nobody', offerConstraints: {} })
    await client.framework.registered
    const [first] = subscriptions()
    expect(first?.body).toEqual({
      type: 'SUBSCRIBE',
      subscribe: {
        framework_info: {
          name: 'mine',
          user: 'nobody',
          roles: ['eng'],
          checkpoint: true,
          failover_timeout: 60,
          capabilities: [
            { type: 'PARTITION_AWARE' },
            { type: 'TASK_KILLING_STATE' },
            { type: 'GPU_RESOURCES' },
            { type: 'MULTI_ROLE' },
            { type: 'RESERVATION_REFINEMENT' },
          ],
        },
        suppressed_roles: [],
        offer_constraints: { role_constraints: {} },
      },
    })
    expect(first?.headers).toMatchObject({ 'content-type': 'application/json' })
    expect(first?.headers['mesos-stream-id']).toBeUndefined()
  })

  test('calls carry the id of the stream, in order, one after the other, on one connection', async () => {
    const sockets = new Set<Socket | null>()
    let open = 0
    let most = 0
    const { place, heard, stream } = await streaming((call) => {
      if (call.type === 'SUBSCRIBE') return welcome(call)
      sockets.add(call.response.socket)
      most = Math.max(most, ++open)
      setImmediate(() => {
        open -= 1
        answer(call)
      })
    })
    const client = new Client(place)
    await client.framework.registered
    say(await stream(), offers(offerOf('1'), offerOf('2'), offerOf('3')))
    await client.offer(2)
    client.framework.suppress()
    for (const offer of client.offers) client.framework.decline(offer)
    client.framework.revive(['eng'])
    await until('all calls', () => heard.some(({ type }) => type === 'REVIVE'))
    const calls = heard.filter(({ type }) => type !== 'SUBSCRIBE' && type !== 'RECONCILE')
    expect(calls.map(({ type }) => type)).toEqual([
      'SUPPRESS',
      'DECLINE',
      'DECLINE',
      'DECLINE',
      'REVIVE',
    ])
    expect(calls[1]?.body).toEqual({
      type: 'DECLINE',
      framework_id: { value: 'F' },
      decline: { offer_ids: [{ value: '1' }] },
    })
    for (const { headers } of calls) expect(headers['mesos-stream-id']).toBe('S')
    expect({ most, sockets: sockets.size }).toEqual({ most: 1, sockets: 1 })
  })

  test('stop resolves when the master has answered TEARDOWN', async () => {
    let isAnswered = false
    const { place } = await streaming((call) => {
      if (call.type === 'SUBSCRIBE') return welcome(call)
      if (call.type === 'TEARDOWN') {
        setTimeout(() => {
          isAnswered = true
          answer(call)
        }, 50)
      } else answer(call)
    })
    const client = new Client(place)
    await client.framework.registered
    await client.framework.stop()
    expect(isAnswered).toBe(true)
  })

  test('an offer that cannot be read is declined for long, and the others are made', async () => {
    const { place, heard, stream } = await streaming()
    const client = new Client(place)
    await client.framework.registered
    say(await stream(), offers(offerOf('1', 'many'), offerOf('2')))
    expect((await client.offer()).offerId).toBe('2')
    const decline = await until('a DECLINE', () => heard.find(({ type }) => type === 'DECLINE'))
    expect(decline.body.decline).toEqual({
      offer_ids: [{ value: '1' }],
      filters: { refuse_seconds: 3_600 },
    })
  })

  test('an update whose uuid is none is shown, and not acknowledged; unknown events are passed over', async () => {
    const { place, heard, stream } = await streaming()
    const client = new Client(place)
    await client.framework.registered
    const status = (id: string, uuid: string) => ({
      type: 'UPDATE',
      update: {
        status: {
          task_id: { value: id },
          agent_id: { value: 'A' },
          state: 'TASK_RUNNING',
          source: 'SOURCE_EXECUTOR',
          uuid,
        },
      },
    })
    const response = await stream()
    say(response, { type: 'NEWS_FROM_THE_FUTURE', news_from_the_future: {} })
    say(response, { type: 'FAILURE', failure: 'of the server' })
    say(response, status('T1', 'no-uuid'))
    say(response, status('T2', 'hTsIhqJdS/K3AqNP0gNnCw=='))
    await client.reaches('T2', 'TASK_RUNNING')
    await until('the acknowledgement', () => heard.some(({ type }) => type === 'ACKNOWLEDGE'))
    expect(client.states('T1')).toEqual(['TASK_RUNNING'])
    const acknowledged = heard.filter(({ type }) => type === 'ACKNOWLEDGE')
    expect(acknowledged.map(({ body }) => body.acknowledge)).toEqual([
      { task_id: { value: 'T2' }, agent_id: { value: 'A' }, uuid: 'hTsIhqJdS/K3AqNP0gNnCw==' },
    ])
  })

  test('what became of an operation is acknowledged, or it would be told again', async () => {
    const { place, heard, stream } = await streaming()
    const told: string[] = []
    const client = new Client(place, {}, { operation: ({ state }) => void told.push(state) })
    await client.framework.registered
    say(await stream(), offers(offerOf('1')))
    const offer = await client.offer()
    client.framework.accept(offer, reserve({ cpus: 1 }, { role: 'eng' }, { id: 'O' }))
    const known = { agent_id: { value: 'A' }, operation_id: { value: 'O' } }
    const status = { ...known, state: 'OPERATION_FINISHED', uuid: { value: 'AAAA' } }
    const update_operation_status = { status }
    say(await stream(), { type: 'UPDATE_OPERATION_STATUS', update_operation_status })
    const type = 'ACKNOWLEDGE_OPERATION_STATUS'
    const call = await until(type, () => heard.find((each) => each.type === type))
    expect(call.body.acknowledge_operation_status).toEqual({ ...known, uuid: 'AAAA' })
    await until('the owner', () => told.includes('OPERATION_FINISHED'))
  })
})
