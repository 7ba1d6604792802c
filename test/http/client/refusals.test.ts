import { describe, expect, test } from 'vitest'
import { RefusedError } from '../../../src/http/client/errors.ts'
import { InvalidInputError } from '../../../src/index.ts'
import { until } from '../../executors/harness.ts'
import { accept, answer, Client, foreignServer, type Heard, say, streaming } from './support.ts'

describe('Schedulers over HTTP: what a master refuses', () => {
  test.each([400, 401, 403])(
    '%i: the framework has failed, and the cause says why',
    async (status) => {
      const { place } = await streaming((call) => answer(call, status, 'no, because'))
      const client = new Client(place)
      await expect(client.framework.registered).rejects.toThrow('no, because')
      const error = await client.framework.ended
      expect(error?.cause).toBeInstanceOf(RefusedError)
      expect(error?.cause).toMatchObject({ status })
      expect(error?.message).toMatch(
        new RegExp(`^framework mine failed: ${place} refuses it: ${status} [A-Z].+: no, because$`),
      )
      expect(client.failure).toBe(error)
      expect(client.news).toMatchObject([{ type: 'down', denied: true }])
    },
  )

  test('an ERROR in the stream is the end, too', async () => {
    const { place, stream } = await streaming()
    const client = new Client(place)
    await client.framework.registered
    say(await stream(), { type: 'ERROR', error: { message: 'Framework failed over' } })
    const error = await client.framework.ended
    expect(error?.message).toBe('framework mine failed: Framework failed over')
  })

  test('a refused call of an instance that was replaced: the stream says so, and that was it', async () => {
    const { place, stream, subscriptions } = await streaming((call) => {
      if (call.type !== 'REVIVE') return accept(call)
      answer(call, 400, 'an old stream id')
      setTimeout(async () => {
        say(await stream(), { type: 'ERROR', error: { message: 'Framework failed over' } })
      }, 50)
    })
    const client = new Client(place)
    await client.framework.registered
    client.framework.revive()
    expect((await client.framework.ended)?.message).toContain('failed over')
    expect(subscriptions()).toHaveLength(1)
  })

  test('any other refused call: it subscribes again, and asks what is true', async () => {
    let refusals = 0
    const { place, heard } = await streaming((call) => {
      if (call.type !== 'KILL') return accept(call)
      refusals += 1
      answer(call, 403, 'not subscribed')
    })
    const client = new Client(place)
    await client.framework.registered
    client.framework.kill('T1')
    await until('its return', () => client.registrations.length === 2)
    expect(client.troubles).toEqual(['a call failed: 403 Forbidden: not subscribed'])
    expect(refusals).toBe(1)
    const isKill = ({ type }: Heard) => type === 'KILL'
    const isQuestion = ({ type }: Heard) => type === 'RECONCILE'
    await until('a question', () => heard.slice(heard.findIndex(isKill)).some(isQuestion))
  })

  test('too many calls for now: they wait, in order', async () => {
    let refusals = 0
    const { place, heard } = await streaming((call) => {
      if (call.type !== 'SUPPRESS' || refusals > 1) return accept(call)
      refusals += 1
      call.response.writeHead(429, { 'retry-after': '0.05' }).end()
    })
    const client = new Client(place)
    await client.framework.registered
    client.framework.suppress()
    client.framework.revive()
    await until('the last call', () => heard.some(({ type }) => type === 'REVIVE'))
    const types = heard.map(({ type }) => type).filter((type) => /SUPPRESS|REVIVE/.test(type))
    expect(types).toEqual(['SUPPRESS', 'SUPPRESS', 'SUPPRESS', 'REVIVE'])
    expect(client.troubles).toEqual([])
  })

  test('who is not answered at all gives up when the owner says so', async () => {
    const { place } = await foreignServer(() => {})
    const abortion = new AbortController()
    const client = new Client(place, { signal: abortion.signal })
    abortion.abort()
    await expect(client.framework.registered).rejects.toThrow(
      'framework mine failed: it was aborted',
    )
    const late = new Client(place, { signal: AbortSignal.abort() })
    await expect(late.framework.registered).rejects.toThrow('it was aborted')
  })
})

describe('Schedulers over HTTP: what cannot be asked for', () => {
  test.each<[string | string[], object, RegExp]>([
    ['ftp://a:1', {}, /the place of a server is "ftp:/],
    ['http://a:1/api', {}, /expected http:\/\/host:port/],
    ['http://me:secret@a:1', {}, /give it as `credentials`/],
    [[], {}, /give the place of a master/],
    ['a:1', { weight: 2 }, /weight and priority are up to the operators/],
    ['a:1', { nmae: 'x' }, /framework mine/],
    ['a:1', { credentials: { principal: 'a:b', secret: 's' } }, /without a colon/],
  ])('%j with %j', (place, options, sentence) => {
    const make = () => new Client(place, options)
    expect(make).toThrow(InvalidInputError)
    expect(make).toThrow(sentence)
  })
})
