import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isLong } from '../../support/long.ts'
import { AgentDesk } from './desk.ts'

/** `npm run test:long` plays many more. */
const scale = isLong ? 50 : 1

const sender = { framework_id: { value: 'F' }, executor_id: { value: 'prog' } }
const status = {
  task_id: { value: 'T1' },
  state: 'TASK_RUNNING',
  source: 'SOURCE_EXECUTOR',
  uuid: 'ERERESIiQzOERAAAAAAAAA==',
  timestamp: 1.5,
  message: 'up',
  data: 'aGk=',
  reason: 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED',
  agent_id: { value: 'S' },
  executor_id: { value: 'prog' },
  container_status: { container_id: { value: 'C' } },
  labels: { labels: [{ key: 'k', value: 'v' }] },
}
const task = {
  name: 'T1',
  task_id: { value: 'T1' },
  agent_id: { value: 'S' },
  resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 1 } }],
}
const updates = [{ status }]

/** Calls that are right; what is sent is one of these with one part of it made wrong. */
const calls: readonly object[] = [
  { type: 'UPDATE', ...sender, update: { status } },
  { type: 'UPDATE', ...sender, update: { status: { ...status, state: 'TASK_FINISHED' } } },
  {
    type: 'SUBSCRIBE',
    ...sender,
    subscribe: { unacknowledged_tasks: [task], unacknowledged_updates: updates },
  },
  { type: 'MESSAGE', ...sender, message: { data: 'aGk=' } },
  { type: 'HEARTBEAT', ...sender },
]
const questions: readonly object[] = [
  { type: 'GET_METRICS', get_metrics: { timeout: { nanoseconds: 1 } } },
  { type: 'GET_STATE' },
  { type: 'GET_CONTAINERS', get_containers: { show_nested: true } },
  { type: 'LIST_FILES', list_files: { path: '/frameworks/F/executors/prog/runs/latest' } },
  {
    type: 'READ_FILE',
    read_file: { path: '/frameworks/F/executors/prog/runs/latest/x', offset: 0, length: 9 },
  },
]

const junk = fc.oneof(
  fc.constantFrom(null, true, -1, 0, 0.4, 1e308, 2 ** 53, 'Infinity', '', '*', 'a/b', '..', '.'),
  fc.constantFrom('__proto__', 'toString', 'T1', '\u0000', 'x'.repeat(300), '\ud800', 'TASK_LOST'),
  fc.constantFrom<unknown[]>([], {}, [[]], [{}], { value: {} }, { value: [] }, [null, 1, 'x']),
  fc.jsonValue(),
)

function placesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, part) => sum + placesIn(part), 1)
}

/** The value with the part at the `at`-th place below it replaced. */
function spoiled(value: unknown, at: { left: number }, by: unknown): unknown {
  if (at.left-- === 0) return by
  if (Array.isArray(value)) return value.map((item) => spoiled(item, at, by))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, spoiled(one, at, by)]))
}

function wrong(list: readonly object[]): fc.Arbitrary<string> {
  const bodies = fc
    .constantFrom(...list)
    .chain((call) =>
      fc.tuple(fc.nat(placesIn(call)), junk).map(([left, by]) => spoiled(call, { left }, by)),
    )
    .map((value) => JSON.stringify(value) ?? '')
  const torn = bodies.chain((text) => fc.nat(text.length).map((end) => text.slice(0, end)))
  return fc.oneof({ weight: 8, arbitrary: bodies }, { weight: 1, arbitrary: torn }, fc.string())
}

describe('Doors of an agent: calls that make no sense', () => {
  test('of executors are refused or do no harm: the agent lives, and still takes right ones', async () => {
    const desk = new AgentDesk()
    const path = '/api/v1/executor'
    expect(await desk.ask(path, JSON.stringify(calls[2]))).toBe(200)
    await fc.assert(
      fc.asyncProperty(wrong(calls), async (body) => {
        expect([200, 202, 400]).toContain(await desk.ask(path, body))
        expect(desk.agent.hasEnded).toBe(false)
      }),
      { numRuns: 1_000 * scale },
    )
    expect(desk.marks).not.toContain('message.unexpected')
    desk.events.length = 0
    const uuid = Buffer.from('aaaaaaaabbbb4ccc8dddeeeeeeeeeeee', 'hex').toString('base64')
    const last = { ...status, task_id: { value: 'T-new' }, uuid }
    const body = JSON.stringify({ type: 'UPDATE', ...sender, update: { status: last } })
    expect(await desk.ask(path, body)).toBe(202)
    expect(desk.events.join()).toContain('ACKNOWLEDGED')
  }, 120_000)

  test('of operators are refused with a sentence', async () => {
    const desk = new AgentDesk()
    await fc.assert(
      fc.asyncProperty(wrong(questions), async (body) => {
        expect([200, 400, 404, 501]).toContain(await desk.ask('/api/v1', body))
      }),
      { numRuns: 500 * scale },
    )
  }, 120_000)

  test('no path leads out of the sandboxes, however it is written', async () => {
    const desk = new AgentDesk()
    const { sandbox, workDir } = desk
    mkdirSync(join(sandbox, 'a'))
    writeFileSync(join(sandbox, 'mine'), 'x')
    writeFileSync(join(workDir, 'secret'), 'x')
    symlinkSync(workDir, join(sandbox, 'a', 'up'))
    symlinkSync('../../secret', join(sandbox, 'a', 'out'))
    const start = fc.constantFrom(sandbox, '/frameworks/F/executors/prog/runs/latest', workDir, '')
    const noise = fc.constantFrom('.', '', '..', '%2e%2e', '..\\', 'a', 'a/..', '~')
    const goal = fc.constantFrom('a/out', 'a/up/secret', '../secret', 'secret', 'a/up', '', 'a')
    const paths = fc
      .tuple(start, fc.array(noise, { maxLength: 3 }), goal)
      .map(([from, between, last]) => [from, ...between, last].join('/'))
    const right = encodeURIComponent(join(sandbox, 'mine'))
    expect(await desk.ask('/files/read', undefined, `path=${right}&offset=0`)).toBe(200)
    await fc.assert(
      fc.asyncProperty(paths, async (path) => {
        const query = `path=${encodeURIComponent(path)}&offset=0`
        for (const what of ['read', 'download']) {
          expect([400, 404]).toContain(await desk.ask(`/files/${what}`, undefined, query))
        }
      }),
      { numRuns: 500 * scale },
    )
  }, 120_000)
})
