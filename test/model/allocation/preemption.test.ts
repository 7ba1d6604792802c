import { describe, expect, test } from 'vitest'
import type { FrameworkInfo, Resources } from '../../../src/messages/index.ts'
import { outranks, Preemption } from '../../../src/model/allocation/preemption.ts'
import { bookTask } from '../../../src/model/ledger/accounts.ts'
import type { LedgerOptions } from '../../../src/model/ledger/ledger.ts'
import type { TaskRecord } from '../../../src/model/ledger/records.ts'
import { toQuantities } from '../../../src/model/resources/quantities.ts'
import { clientOf, Pool } from '../../support/pool.ts'

const priorities = new Map([
  ['high', 2],
  ['middle', 1],
])

/** Frameworks `high`, `middle` and `low`, in roles of these names and that order of priority. */
function poolOf(agents: Readonly<Record<string, Resources>>, options: Partial<LedgerOptions> = {}) {
  const pool = new Pool({ priorities, ...options })
  for (const role of ['high', 'middle', 'low']) pool.framework(role)
  for (const [name, resources] of Object.entries(agents)) pool.agent(name, resources)
  return pool
}

interface Running {
  readonly id: string
  readonly of: string
  readonly on: string
  readonly resources?: Resources
}

function run(pool: Pool, { id, of, on, resources = { cpus: 1 } }: Running): TaskRecord {
  const task: TaskRecord = {
    id,
    name: id,
    frameworkId: of,
    agentId: on,
    executorId: id,
    role: of,
    resources: toQuantities(resources),
    state: 'TASK_RUNNING',
    holds: false,
  }
  bookTask(pool.ledger, task)
  return task
}

function preemptionIn(pool: Pool, at = 0) {
  const round = pool.round(at, [])
  return { round, preemption: new Preemption(pool.ledger, round) }
}

/** Who leaves where for a wish of `high`; nothing when that does not help. */
function leaving(pool: Pool, wanted: Resources, { round, preemption } = preemptionIn(pool)) {
  const eviction = preemption.evict(clientOf(round, 'high'), toQuantities(wanted))
  if (eviction === undefined) return undefined
  const { agent, offers, tasks } = eviction
  return { on: agent.id, tasks: tasks.map(({ id }) => id), offers: offers.map(({ id }) => id) }
}

describe('Who outranks whom', () => {
  const pool = new Pool({
    priorities: new Map([
      ['eng', 3],
      ['eng/batch', -1],
      ['eng/web/eu', 9],
      ['ops', 1],
    ]),
  })

  test.each([
    ['eng', 'ops', true],
    ['ops', 'eng', false],
    ['eng/batch', 'ops', true],
    ['ops', 'other', true],
    ['other', 'ops', false],
    ['eng/web', 'eng/batch', true],
    ['eng/web/eu', 'eng/batch', true],
    ['eng/web/eu', 'eng/web/us', true],
    ['eng/web/us', 'eng/web', false],
    ['eng/web', 'eng/web/eu', false],
    ['eng/web/eu', 'eng/web', true],
    ['eng', 'eng', false],
  ])('%s before %s: %s', (role, other, expected) => {
    expect(outranks(pool.ledger, role, other)).toBe(expected)
  })
})

describe('Preemption: who leaves', () => {
  test('nobody, where there is room already', () => {
    const pool = poolOf({ a: { cpus: 1 }, b: { cpus: 1 } })
    run(pool, { id: 'T1', of: 'low', on: 'a' })
    expect(leaving(pool, { cpus: 1 })).toEqual({ on: 'b', tasks: [], offers: [] })
  })

  test('the lowest role first, and in it the newest', () => {
    const pool = poolOf({ a: { cpus: 4 } })
    run(pool, { id: 'low-1', of: 'low', on: 'a' })
    run(pool, { id: 'low-2', of: 'low', on: 'a' })
    run(pool, { id: 'middle-1', of: 'middle', on: 'a' })
    run(pool, { id: 'middle-2', of: 'middle', on: 'a' })
    expect(leaving(pool, { cpus: 1 })?.tasks).toEqual(['low-2'])
    expect(leaving(pool, { cpus: 3 })?.tasks).toEqual(['low-2', 'low-1', 'middle-2'])
  })

  test('on the agent where the fewest have to, and of equals where the lowest do', () => {
    const pool = poolOf({ a: { cpus: 2 }, b: { cpus: 2 }, c: { cpus: 2 } })
    for (const id of ['a1', 'a2']) run(pool, { id, of: 'low', on: 'a' })
    run(pool, { id: 'b1', of: 'middle', on: 'b', resources: { cpus: 2 } })
    run(pool, { id: 'c1', of: 'low', on: 'c', resources: { cpus: 2 } })
    expect(leaving(pool, { cpus: 2 })).toEqual({ on: 'c', tasks: ['c1'], offers: [] })
  })

  test('none who holds nothing of what is short, and none whom a later one makes needless', () => {
    const pool = poolOf({ a: { cpus: 3, mem: 100, gpus: 1 } })
    pool.ledger.frameworks.get('high')?.clients.clear()
    pool.framework('high', { capabilities: ['GPU_RESOURCES'] })
    run(pool, { id: 'big', of: 'low', on: 'a', resources: { cpus: 2 } })
    run(pool, { id: 'small', of: 'low', on: 'a', resources: { cpus: 1 } })
    run(pool, { id: 'other', of: 'low', on: 'a', resources: { mem: 100 } })
    expect(leaving(pool, { cpus: 2, gpus: 1 })?.tasks).toEqual(['big'])
  })

  test('offers of lower roles before tasks, the newest first', () => {
    const pool = poolOf({ a: { cpus: 3 } })
    run(pool, { id: 'T1', of: 'low', on: 'a' })
    for (const to of ['low', 'middle']) pool.give({ to, on: 'a', resources: { cpus: 1 } })
    expect(leaving(pool, { cpus: 1 })).toEqual({ on: 'a', tasks: [], offers: ['O1'] })
    expect(leaving(pool, { cpus: 3 })).toEqual({ on: 'a', tasks: ['T1'], offers: ['O1', 'O0'] })
  })

  test('nobody of the same or a higher priority', () => {
    const pool = poolOf({ a: { cpus: 1 } })
    run(pool, { id: 'T1', of: 'high', on: 'a' })
    expect(leaving(pool, { cpus: 1 })).toBeUndefined()
  })

  test('no second one, while the first one has not ended yet', () => {
    const pool = poolOf({ a: { cpus: 2 } })
    run(pool, { id: 'T1', of: 'low', on: 'a' })
    run(pool, { id: 'T2', of: 'low', on: 'a' }).preemptedFor = 'high'
    expect(leaving(pool, { cpus: 1 })).toEqual({ on: 'a', tasks: [], offers: [] })
    expect(leaving(pool, { cpus: 2 })?.tasks).toEqual(['T1'])
  })

  test('for each of several wishes others: the room of one is not that of the next', () => {
    const pool = poolOf({ a: { cpus: 2 }, b: { cpus: 1 } })
    run(pool, { id: 'T1', of: 'low', on: 'a' })
    run(pool, { id: 'T2', of: 'low', on: 'b' })
    const preemption = preemptionIn(pool)
    const wishes = [1, 2, 3, 4].map(() => leaving(pool, { cpus: 1 }, preemption)?.tasks)
    expect(wishes).toEqual([[], ['T1'], ['T2'], undefined])
  })
})

describe('Preemption: where it does not look', () => {
  /** `T1` of `low` holds all of the only agent, which `high` as described may want. */
  function full(info: Partial<FrameworkInfo> = {}, resources: Resources = { cpus: 1 }): Pool {
    const pool = new Pool({ priorities })
    pool.framework('low')
    pool.framework('high', info)
    pool.agent('a', resources, { attributes: { rack: 'r1' } })
    run(pool, { id: 'T1', of: 'low', on: 'a', resources: { cpus: 1 } })
    return pool
  }

  test('it would look otherwise', () => {
    expect(leaving(full(), { cpus: 1 })?.tasks).toEqual(['T1'])
  })

  test('at agents that are too small, even when they are empty', () => {
    expect(leaving(full(), { cpus: 2 })).toBeUndefined()
  })

  test('at agents that the constraints of who asks exclude', () => {
    const elsewhere = [[{ attributeName: 'rack', textEquals: 'r2' }]]
    const pool = full({ offerConstraints: { high: elsewhere } })
    expect(leaving(pool, { cpus: 1 })).toBeUndefined()
  })

  test('at agents with gpus, for who cannot use gpus', () => {
    expect(leaving(full({}, { cpus: 1, gpus: 1 }), { cpus: 1 })).toBeUndefined()
  })

  test('at agents that are not on the whitelist, or not connected', () => {
    const hidden = full()
    hidden.ledger.whitelist = new Set(['b'])
    expect(leaving(hidden, { cpus: 1 })).toBeUndefined()
    const lost = full()
    for (const agent of lost.ledger.agents.values()) agent.state = 'disconnected'
    expect(leaving(lost, { cpus: 1 })).toBeUndefined()
  })

  test('at agents of which who asks refused as much, until the filter ends', () => {
    const pool = full()
    pool.refuse(pool.client('high'), 'a', toQuantities({ cpus: 1 }), 5_000)
    expect(leaving(pool, { cpus: 1 })).toBeUndefined()
    expect(leaving(pool, { cpus: 1 }, preemptionIn(pool, 5_000))?.tasks).toEqual(['T1'])
  })

  test('at what is reserved for others', () => {
    const pool = new Pool({ priorities })
    for (const role of ['low', 'high']) pool.framework(role)
    pool.agent('a', { 'cpus(low)': 1 })
    run(pool, { id: 'T1', of: 'low', on: 'a', resources: { 'cpus(low)': 1 } })
    expect(leaving(pool, { cpus: 1 })).toBeUndefined()
  })
})

describe('Preemption: quotas', () => {
  test('a role keeps what it is guaranteed, counted without those who leave already', () => {
    const pool = poolOf({ a: { cpus: 4 } })
    pool.quota('low', { guarantees: { cpus: 2 } })
    for (const id of ['T1', 'T2', 'T3']) run(pool, { id, of: 'low', on: 'a' })
    run(pool, { id: 'T4', of: 'low', on: 'a' }).preemptedFor = 'middle'
    const preemption = preemptionIn(pool)
    expect(leaving(pool, { cpus: 2 }, preemption)?.tasks).toEqual(['T3'])
    expect(leaving(pool, { cpus: 1 }, preemption)).toBeUndefined()
  })

  test('offers count for a guarantee like tasks', () => {
    const pool = poolOf({ a: { cpus: 2 } })
    pool.quota('low', { guarantees: { cpus: 1 } })
    run(pool, { id: 'T1', of: 'low', on: 'a' })
    pool.give({ to: 'low', on: 'a', resources: { cpus: 1 } })
    expect(leaving(pool, { cpus: 1 })).toEqual({ on: 'a', tasks: [], offers: ['O0'] })
    expect(leaving(pool, { cpus: 2 })).toBeUndefined()
  })

  test('a guarantee of one resource does not protect what holds none of it', () => {
    const pool = poolOf({ a: { cpus: 1, mem: 100 } })
    pool.quota('low', { guarantees: { mem: 100 } })
    run(pool, { id: 'T1', of: 'low', on: 'a', resources: { mem: 100 } })
    run(pool, { id: 'T2', of: 'low', on: 'a', resources: { cpus: 1 } })
    expect(leaving(pool, { cpus: 1 })?.tasks).toEqual(['T2'])
    expect(leaving(pool, { mem: 1 })).toBeUndefined()
  })

  test('nobody leaves for what is above the limit of who asks', () => {
    const pool = poolOf({ a: { cpus: 3 } })
    pool.quota('high', { limits: { cpus: 2 } })
    for (const id of ['T1', 'T2', 'T3']) run(pool, { id, of: 'low', on: 'a' })
    const preemption = preemptionIn(pool)
    expect(leaving(pool, { cpus: 3 }, preemption)).toBeUndefined()
    expect(leaving(pool, { cpus: 2 }, preemption)?.tasks).toEqual(['T3', 'T2'])
    expect(leaving(pool, { cpus: 1 }, preemption)).toBeUndefined()
  })

  test('nobody leaves for what would be kept for guarantees of others', () => {
    const pool = poolOf({ a: { cpus: 2 } })
    for (const id of ['T1', 'T2']) run(pool, { id, of: 'low', on: 'a' })
    pool.quota('middle', { guarantees: { cpus: 1 } })
    expect(leaving(pool, { cpus: 1 })).toBeUndefined()
    pool.quota('middle', {})
    pool.quota('high', { guarantees: { cpus: 1 } })
    expect(leaving(pool, { cpus: 1 })?.tasks).toEqual(['T2'])
  })
})
