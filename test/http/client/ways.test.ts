import { describe, expect, test } from 'vitest'
import { until } from '../../executors/harness.ts'
import {
  accept,
  answer,
  Client,
  foreignServer,
  type Heard,
  offerOf,
  offers,
  say,
  streaming,
  welcome,
} from './support.ts'

describe('Schedulers over HTTP: the way to a master', () => {
  test('one that does not lead names the leader: the stream and all calls go there', async () => {
    const leader = await streaming()
    const { place } = await foreignServer(({ response }) => {
      response.writeHead(307, { Location: `//${leader.place}/api/v1/scheduler` }).end()
    })
    const client = new Client(place)
    await client.framework.registered
    client.framework.revive()
    await until('a call', () => leader.heard.some(({ type }) => type === 'REVIVE'))
    expect(client.news).toEqual([{ type: 'open', place: `http://${leader.place}` }])
  })

  test('two that name each other are not asked for ever', async () => {
    const places: string[] = []
    const redirect = (to: number) => (call: Heard) =>
      call.response.writeHead(307, { Location: `//${places[to]}/api/v1/scheduler` }).end()
    const servers = [await foreignServer(redirect(1)), await foreignServer(redirect(0))]
    places.push(...servers.map(({ place }) => place))
    const client = new Client(places[0] ?? '')
    await until('the end of patience', () => client.troubles.includes('it was redirected 5 times'))
    await client.framework.stop()
  })

  test('no leader yet, or still starting: it is asked again until it has one', async () => {
    const statuses = [503, 404, 500, 429]
    const { place } = await streaming((call) => {
      const status = statuses.shift()
      if (status === undefined) accept(call)
      else answer(call, status, 'not yet')
    })
    const client = new Client(place)
    expect(await client.framework.registered).toBe('F')
    expect(client.troubles).toEqual([
      '503 Service Unavailable: not yet',
      '404 Not Found: not yet',
      '500 Internal Server Error: not yet',
      '429 Too Many Requests: not yet',
    ])
  })

  test('of several places the first that answers is taken', async () => {
    const dead = await foreignServer(() => {})
    dead.server.close()
    const { place } = await streaming()
    const client = new Client([dead.place, place])
    await client.framework.registered
    expect(client.troubles[0]).toContain('ECONNREFUSED')
  })

  test('an answer that takes long is waited for: each SUBSCRIBE would be another framework', async () => {
    const { place, heard } = await streaming((call) => {
      if (call.type === 'SUBSCRIBE') setTimeout(() => welcome(call), 300)
      else answer(call)
    })
    const client = new Client(place)
    await client.framework.registered
    expect(heard.filter(({ type }) => type === 'SUBSCRIBE')).toHaveLength(1)
  })

  test('a stream that is none of records, or ends: it subscribes again, with its id', async () => {
    const { place, stream, subscriptions } = await streaming()
    const client = new Client(place)
    await client.framework.registered
    const first = await stream()
    say(first, offers(offerOf('1')))
    await client.offer()
    first.write('hello')
    await until('a second life', () => client.registrations.length === 2)
    expect(client.troubles).toEqual([expect.stringContaining('cannot be read')])
    expect(client.rescinded).toEqual(['1'])
    ;(await stream()).destroy()
    await until('a third life', () => client.registrations.length === 3)
    const [, second, third] = subscriptions()
    for (const call of [second, third]) {
      expect(call?.body).toMatchObject({
        framework_id: { value: 'F' },
        subscribe: { framework_info: { id: { value: 'F' } } },
      })
    }
  })

  test('a master that drops each subscription at once is asked less and less often', async () => {
    const times: number[] = []
    const { place } = await streaming((call) => {
      if (call.type !== 'SUBSCRIBE') return answer(call)
      times.push(performance.now())
      welcome(call)
      call.response.end()
    })
    const client = new Client(place)
    await until('five subscriptions', () => times.length >= 5)
    const [, , , before = 0, last = 0] = times
    expect(last - before).toBeGreaterThan(450)
    await client.framework.stop()
  })
})

describe('Schedulers over HTTP: silence', () => {
  test('no word for five of the announced intervals: it subscribes again', async () => {
    const { place, subscriptions } = await streaming((call) => {
      if (call.type !== 'SUBSCRIBE') return answer(call)
      const intervalSeconds = subscriptions().length === 1 ? 0.02 : 15
      welcome(call, { intervalSeconds })
    })
    const client = new Client(place)
    await until('its return', () => client.registrations.length === 2)
    expect(client.troubles).toEqual(['no word from it for 5 heartbeats of 20 ms'])
    expect(client.disconnections).toBe(1)
  })

  test('slow heartbeats are heartbeats: each word counts, whatever it says', async () => {
    const { place, stream, subscriptions } = await streaming((call) => {
      if (call.type === 'SUBSCRIBE') welcome(call, { intervalSeconds: 0.1 })
      else answer(call)
    })
    const client = new Client(place)
    await client.framework.registered
    const response = await stream()
    for (let count = 0; count < 5; count++) {
      await new Promise((rested) => setTimeout(rested, 150))
      say(response, { type: count % 2 === 0 ? 'HEARTBEAT' : 'NEWS' })
    }
    expect(client.troubles).toEqual([])
    expect(subscriptions()).toHaveLength(1)
  })
})
