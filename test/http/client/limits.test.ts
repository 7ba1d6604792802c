import { describe, expect, onTestFinished, test } from 'vitest'
import { RealClock } from '../../../src/actors/real-clock.ts'
import { type LineNews, SchedulerLine } from '../../../src/http/client/scheduler-line.ts'
import { serversOf } from '../../../src/http/client/server.ts'
import type { SubscriptionLimits } from '../../../src/http/client/subscription.ts'
import { MASTER, type MasterMessage } from '../../../src/messages/index.ts'
import { until } from '../../executors/harness.ts'
import { accept, streaming, welcome } from './support.ts'

const framework = { name: 'mine', user: 'me', roles: ['eng'] }

/** A line without a scheduler: the test says what one would. */
function lineTo(place: string, limits: Partial<SubscriptionLimits>) {
  const address = 'scheduler/mine'
  const heard: string[] = []
  const news: LineNews[] = []
  let breaks = 0
  const line = new SchedulerLine({
    servers: serversOf(place, '/api/v1/scheduler', {}),
    address,
    info: framework,
    clock: new RealClock(),
    limits,
    onMark: () => {},
    onNews: (each) => void news.push(each),
  })
  line.subscribe(address, (envelopes) => {
    for (const { message } of envelopes) heard.push(message.type)
  })
  line.watch(address, { opened: () => {}, closed: () => void breaks++ })
  onTestFinished(() => line.close())
  const say = (message: MasterMessage) => line.send({ from: address, to: MASTER, message })
  return { line, heard, news, say, breaks: () => breaks }
}

describe('Schedulers over HTTP: bounds', () => {
  test('a SUBSCRIBE that is not answered in time is given up', async () => {
    const { place, heard } = await streaming(() => {})
    const { say, news } = lineTo(place, { answerTimeoutMs: 50 })
    say({ type: 'lifecycle.register', framework })
    say({ type: 'lifecycle.register', framework })
    await until('the news', () => news.length === 1)
    expect(news).toEqual([{ type: 'down', reason: 'it did not answer in 50 ms', denied: false }])
    expect(heard).toHaveLength(1)
  })

  test('a call that is not answered in time breaks the link, and so do too many that wait', async () => {
    for (const limits of [{ answerTimeoutMs: 300 }, { callsBytesMax: 10_000 }]) {
      const { place } = await streaming((call) => {
        if (call.type === 'SUBSCRIBE') welcome(call)
      })
      const { say, heard, news, breaks } = lineTo(place, limits)
      say({ type: 'lifecycle.register', framework })
      await until('its registration', () => heard.includes('lifecycle.registered'))
      for (let count = 0; count < 100; count++) say({ type: 'allocation.revive', roles: ['eng'] })
      await until('the break', () => breaks() === 1)
      expect(news[1]).toMatchObject({ type: 'down', denied: false })
    }
  })

  test('what is said without a subscription is lost', async () => {
    const { place, heard: calls } = await streaming(accept)
    const { say, heard } = lineTo(place, {})
    say({ type: 'allocation.revive' })
    say({ type: 'lifecycle.register', framework })
    await until('its registration', () => heard.includes('lifecycle.registered'))
    say({ type: 'allocation.suppress' })
    await until('the call', () => calls.length === 2)
    expect(calls.map(({ type }) => type)).toEqual(['SUBSCRIBE', 'SUPPRESS'])
  })

  test('a scheduler that ended: its last calls are answered, and then nobody is there', async () => {
    const { place, heard: calls, stream } = await streaming(accept)
    const { line, say, heard } = lineTo(place, {})
    say({ type: 'lifecycle.register', framework })
    await until('its registration', () => heard.includes('lifecycle.registered'))
    say({ type: 'lifecycle.unregister', frameworkId: 'F' })
    say({ type: 'lifecycle.exited', address: 'scheduler/mine', reason: 'over' })
    await line.left
    expect(calls.map(({ type }) => type)).toEqual(['SUBSCRIBE', 'TEARDOWN'])
    const response = await stream()
    await until('the end of the stream', () => response.destroyed)
  })
})
