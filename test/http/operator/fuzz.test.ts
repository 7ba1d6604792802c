import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandOn } from '../../support/fake-scheduler.ts'
import { checkSoundness } from '../../support/invariants.ts'
import { isLong } from '../../support/long.ts'
import { Desk, isRecord } from './support.ts'

/** `npm run test:long` plays many more. */
const scale = isLong ? 50 : 1

const cpus = {
  name: 'cpus',
  type: 'SCALAR',
  scalar: { value: 1 },
  reservations: [{ type: 'DYNAMIC', role: 'ops', labels: { labels: [{ key: 'k', value: 'v' }] } }],
}
const disk = { ...cpus, name: 'disk', scalar: { value: 64 } }
const volume = {
  ...disk,
  disk: { persistence: { id: 'db' }, volume: { mode: 'RW', container_path: 'data' } },
}
const agent_id = { value: 'M-S0' }
const machines = [{ hostname: 'one', ip: '127.0.0.1' }]
const unavailability = { start: { nanoseconds: 5e9 }, duration: { nanoseconds: 1e9 } }

/** Calls that are right: what is fuzzed is one of these with one part of it made wrong. */
const calls: readonly (readonly [type: string, part: unknown])[] = [
  ['GET_STATE', undefined],
  ['GET_METRICS', { timeout: { nanoseconds: 1 } }],
  ['READ_FILE', { path: '/x', offset: 0, length: 1 }],
  ['LIST_FILES', { path: '/x' }],
  ['TEARDOWN', { framework_id: { value: 'nobody' } }],
  ['UPDATE_WEIGHTS', { weight_infos: [{ role: 'eng', weight: 2 }] }],
  [
    'UPDATE_QUOTA',
    {
      force: true,
      quota_configs: [
        { role: 'ops', guarantees: { cpus: { value: 1 } }, limits: { mem: { value: 9 } } },
      ],
    },
  ],
  ['SET_QUOTA', { quota_request: { role: 'x', guarantee: [{ ...cpus, reservations: [] }] } }],
  ['REMOVE_QUOTA', { role: 'x' }],
  [
    'UPDATE_MAINTENANCE_SCHEDULE',
    { schedule: { windows: [{ machine_ids: machines, unavailability }] } },
  ],
  ['START_MAINTENANCE', { machines: [{ hostname: 'two' }] }],
  ['STOP_MAINTENANCE', { machines }],
  ['DRAIN_AGENT', { agent_id, max_grace_period: { seconds: 1, nanos: 5 }, mark_gone: false }],
  ['DEACTIVATE_AGENT', { agent_id }],
  ['REACTIVATE_AGENT', { agent_id }],
  ['MARK_AGENT_GONE', { agent_id: { value: 'M-S9' } }],
  ['RESERVE_RESOURCES', { agent_id, resources: [cpus, disk], source: [] }],
  ['UNRESERVE_RESOURCES', { agent_id, resources: [cpus] }],
  ['CREATE_VOLUMES', { agent_id, volumes: [volume] }],
  ['DESTROY_VOLUMES', { agent_id, volumes: [volume] }],
  ['GROW_VOLUME', { agent_id, volume, addition: disk }],
  ['SHRINK_VOLUME', { agent_id, volume, subtract: { value: 1 } }],
]

const junk = fc.oneof(
  fc.constantFrom(null, true, -1, 0, 0.0004, 1e308, 2 ** 53, 'Infinity', '', '*', 'a/b', '..'),
  fc.constantFrom('__proto__', 'toString', 'M-S0', '\u0000', 'x'.repeat(300), '\ud800', 'cpus(x'),
  fc.constantFrom<unknown[]>([], {}, [[]], [{}], { value: {} }, { value: [] }, [null, 1, 'x']),
  fc.jsonValue(),
)

/** The value with the part at the `at`-th place below it replaced. */
function spoiled(value: unknown, at: { left: number }, by: unknown): unknown {
  if (at.left-- === 0) return by
  if (Array.isArray(value)) return value.map((item) => spoiled(item, at, by))
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, spoiled(one, at, by)]))
}

function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((size: number, one) => size + sizeOf(one), 1)
}

const wrongCalls = fc
  .constantFrom(...calls)
  .chain(([type, part]) =>
    fc
      .tuple(fc.nat(sizeOf(part)), junk)
      .map(([left, by]): [string, unknown] => [type, spoiled(part, { left }, by)]),
  )

describe('Operator API: calls that make no sense', () => {
  it('are refused with a sentence, and the books balance (1 agent, 1 framework)', async () => {
    const desk = new Desk()
    const { stage } = desk
    stage.agent('one', { cpus: 4, mem: 1_024, disk: 1_000 })
    const eng = stage.scheduler('eng')
    eng.launch(eng.offer, [commandOn(eng.offer, 't1', { cpus: 1 })])
    stage.advance(1_000)
    await fc.assert(
      fc.asyncProperty(wrongCalls, async ([type, part]) => {
        const { status } = await desk.call(type, part)
        expect([200, 202, 400, 404, 409]).toContain(status)
        checkSoundness(stage.ledger, [])
      }),
      { numRuns: 1_000 * scale },
    )
  }, 120_000)

  it('bodies that are no JSON are 400', async () => {
    const desk = new Desk()
    const bodies = ['', '{', '[]', 'null', '1', '"x"', '{"type":1}', '{"type":null}', '{"type":[]}']
    for (const body of [...bodies, `${'['.repeat(10_000)}`, '\ud800', '{"type":"GET_HEALTH"}x']) {
      expect([body, (await desk.ask('POST', '/api/v1', body)).status]).toEqual([body, 400])
    }
  })

  it('the forms of plain endpoints are refused, too', async () => {
    const desk = new Desk()
    desk.stage.agent('one', { cpus: 4 })
    const paths = ['/reserve', '/unreserve', '/create-volumes', '/destroy-volumes', '/teardown']
    const more = ['/quota', '/maintenance/schedule', '/machine/down', '/machine/up']
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      wrongCalls.map(([, part]) => JSON.stringify(part) ?? ''),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths, ...more), bodies, async (path, text) => {
        const form = new URLSearchParams({ slaveId: 'M-S0', resources: text, volumes: text })
        const body = paths.includes(path) ? form.toString() : text
        const { status } = await desk.ask('POST', path, body)
        expect([200, 202, 400, 404, 409]).toContain(status)
      }),
      { numRuns: 200 * scale },
    )
  }, 120_000)
})
