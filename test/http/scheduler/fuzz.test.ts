import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { request, Wire } from '../server/support.ts'
import {
  type Answered,
  callOf,
  cluster,
  commandTask,
  type Data,
  frameworkInfo,
  launching,
  type Offer,
  subscribed,
  TestScheduler,
} from './support.ts'

/** Many more with FUZZ_RUNS in the environment. */
const runs = Number(process.env.FUZZ_RUNS ?? 800)
const timeout = 30_000 + runs * 100

/** Values that stand where something else belongs. */
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    null,
    -1,
    1e308,
    2 ** 53,
    'NaN',
    'Infinity',
    '\u0000',
    '\ud800',
    '__proto__',
    '..',
    [],
    {},
    [[[[[[]]]]]],
    { value: {} },
    { value: 'x'.repeat(300) },
  ),
)

/** One of each call as it should be. */
function calls(frameworkId: string, offer: Offer): Data[] {
  const { agent_id } = offer
  const task_id = { value: 't' }
  const executor_id = { value: 'e' }
  const uuid = 'ABEiM0RVRneImaq7zN3u/w=='
  const volume = {
    name: 'disk',
    type: 'SCALAR',
    scalar: { value: 1 },
    reservations: [{ type: 'DYNAMIC', role: 'eng' }],
    disk: { persistence: { id: 'v' }, volume: { mode: 'RW', container_path: 'v' } },
  }
  const group = {
    type: 'LAUNCH_GROUP',
    launch_group: {
      executor: { type: 'DEFAULT', executor_id, framework_id: { value: frameworkId } },
      task_group: { tasks: [commandTask('g', offer, 'true')] },
    },
  }
  const operations = [
    { type: 'RESERVE', id: { value: 'o' }, reserve: { resources: [volume] } },
    { type: 'CREATE', create: { volumes: [volume] } },
    group,
  ]
  const framework_info = { ...frameworkInfo, id: { value: frameworkId }, labels: { labels: [] } }
  const accept = launching(offer, [commandTask('t', offer, 'true', 0.01)])
  const parts: [string, Data?][] = [
    ['ACCEPT', accept],
    ['ACCEPT', { ...accept, operations: [...operations, ...accept.operations] }],
    ['DECLINE', { offer_ids: [{ value: 'x' }], filters: { refuse_seconds: 1 } }],
    ['REVIVE', { roles: ['eng'] }],
    ['SUPPRESS', { roles: ['eng'] }],
    ['KILL', { task_id, agent_id, kill_policy: { grace_period: { nanoseconds: 1 } } }],
    ['SHUTDOWN', { executor_id, agent_id }],
    ['ACKNOWLEDGE', { agent_id, task_id, uuid }],
    ['ACKNOWLEDGE_OPERATION_STATUS', { agent_id, operation_id: { value: 'o' }, uuid }],
    ['RECONCILE', { tasks: [{ task_id, agent_id }] }],
    ['RECONCILE_OPERATIONS', { operations: [{ operation_id: { value: 'o' }, agent_id }] }],
    ['MESSAGE', { agent_id, executor_id, data: 'aGk=' }],
    ['REQUEST', { requests: [{ agent_id, resources: offer.resources }] }],
    ['ACCEPT_INVERSE_OFFERS', { inverse_offer_ids: [{ value: 'x' }] }],
    ['UPDATE_FRAMEWORK', { framework_info, suppressed_roles: [] }],
  ]
  return parts.map(([type, part]) => callOf(type, frameworkId, part))
}

type Holder = Record<string, unknown>

/** Puts something odd somewhere into a copy, or takes something away. */
function spoilt(call: Data, where: number, value: unknown): Data {
  const copy: Data = structuredClone(call)
  const places: [Holder, string][] = []
  const gather = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    const holder: Holder = Object.assign(part)
    for (const key of Object.keys(holder)) {
      places.push([holder, key])
      gather(holder[key])
    }
  }
  gather(copy)
  const [holder, key] = places[where % places.length] ?? []
  if (holder !== undefined && key !== undefined) {
    if (value === undefined) delete holder[key]
    else holder[key] = value
  }
  return copy
}

function scalarsOf(amounts: Readonly<Record<string, unknown>>): Record<string, number> {
  const numbers = Object.entries(amounts).filter((entry) => typeof entry[1] === 'number')
  return Object.fromEntries(numbers.map(([key, amount]) => [key, Number(amount)]))
}

async function send(scheduler: TestScheduler, body: Data | string): Promise<Answered> {
  const answer = await scheduler.send(body)
  if (answer.status >= 500) throw new Error(`${answer.status} for ${JSON.stringify(body)}`)
  return answer
}

describe('Scheduler API: whatever it is told', () => {
  it('it answers below 500, its books balance, and everybody else is served', {
    timeout,
  }, async () => {
    const head = await cluster(1)
    const scheduler = await subscribed(head, { failover_timeout: 60 })
    const offer = await scheduler.offer()
    const seeds = calls(scheduler.frameworkId, offer)
    const whole = fc.constantFrom(...seeds)
    const holes = fc.option(odd, { nil: undefined })
    const wrong = fc
      .tuple(whole, fc.nat(), holes)
      .map(([call, at, value]) => spoilt(call, at, value))
    const cut = fc.tuple(whole, fc.nat()).map(([call, at]) => {
      const text = JSON.stringify(call)
      return text.slice(0, at % text.length)
    })
    const bytes = fc.string({ unit: 'binary', maxLength: 200 })
    const inputs = fc.oneof({ weight: 8, arbitrary: wrong }, cut, bytes)
    await fc.assert(
      fc.asyncProperty(inputs, async (body) => void (await send(scheduler, body))),
      { numRuns: runs },
    )
    expect(head.marks()['http.trouble']).toBeUndefined()
    expect(head.marks()['message.unexpected']).toBeUndefined()
    const other = await subscribed(head, { roles: ['ads'] })
    expect(await other.call('TEARDOWN')).toBe(202)
    await other.closed()
    for (const { total, free, offered, used } of head.snapshot().agents) {
      const parts = [free, offered, used].map((part) => scalarsOf(part))
      for (const [key, amount] of Object.entries(scalarsOf(total))) {
        const sum = parts.reduce((all, part) => all + (part[key] ?? 0), 0)
        expect([key, sum]).toEqual([key, expect.closeTo(amount, 3)])
      }
    }
  })

  it('a SUBSCRIBE however broken gets a stream or a sentence', {
    timeout,
  }, async () => {
    const head = await cluster(1)
    const framework_info = {
      ...frameworkInfo,
      id: { value: 'f' },
      failover_timeout: 1,
      checkpoint: true,
      hostname: 'h',
      webui_url: 'http://h',
      labels: { labels: [{ key: 'k', value: 'v' }] },
      offer_filters: {
        eng: {
          min_allocatable_resources: { quantities: [{ quantities: { cpus: { value: 1 } } }] },
        },
      },
    }
    const constraint = { selector: { attribute_name: 'x' }, predicate: { exists: {} } }
    const groups = [{ attribute_constraints: [constraint] }]
    const whole = {
      type: 'SUBSCRIBE',
      framework_id: { value: 'f' },
      subscribe: {
        framework_info,
        suppressed_roles: ['eng'],
        offer_constraints: { role_constraints: { eng: { groups } } },
      },
    }
    const holes = fc.option(odd, { nil: undefined })
    const property = fc.asyncProperty(fc.nat(), holes, async (at, value) => {
      const scheduler = new TestScheduler(head)
      const body = spoilt(whole, at, value)
      const { statusCode } = await scheduler.open(body)
      if (statusCode === 200) await scheduler.until(({ type }) => type !== 'HEARTBEAT')
      else expect(statusCode).toBe(400)
      scheduler.dispose()
    })
    await fc.assert(property, { numRuns: runs / 4 })
    expect(head.marks()['http.trouble']).toBeUndefined()
    expect((await subscribed(head)).types()).toContain('SUBSCRIBED')
  })

  it('bytes that are no request get a 4xx or nothing', {
    timeout,
  }, async () => {
    const head = await cluster(0)
    const port = Number(head.place.split(':')[1])
    const whole = request(
      'POST',
      '/api/v1/scheduler',
      '{"type":"REVIVE"}',
      'content-type: application/json\r\n',
    )
    const property = fc.asyncProperty(
      fc.nat(),
      fc.string({ unit: 'binary' }),
      async (at, noise) => {
        const cut = at % whole.length
        const wire = new Wire(port).send(whole.slice(0, cut) + noise + whole.slice(cut + 1))
        wire.socket.end()
        const statuses = (await wire.closed()).match(/HTTP\/1\.1 \d+/g) ?? []
        for (const status of statuses) expect(status).toMatch(/ 4\d\d$/)
      },
    )
    await fc.assert(property, { numRuns: runs / 4 })
    expect(head.marks()['http.trouble']).toBeUndefined()
    await subscribed(head)
  })
})
