import { describe, expect, test } from 'vitest'
import type { FrameworkInfo, Resources } from '../../../src/messages/index.ts'
import { toResources } from '../../../src/model/resources/quantities.ts'
import { candidateOf, clientOf, Pool } from '../../support/pool.ts'

/** What a framework may be offered of one agent, and why not. */
function offerable(
  free: Resources,
  info: Partial<FrameworkInfo> = {},
  pool = new Pool(),
): Resources | string {
  pool.agent('a', free)
  pool.framework('f', info)
  const round = pool.round()
  const role = info.roles?.[0] ?? 'f'
  const part = round.offerable(clientOf(round, 'f', role), candidateOf(round, 'a'))
  return part === undefined ? (round.refusal ?? 'no reason') : toResources(part)
}

describe('Round: what a client may be offered of an agent', () => {
  const plain = { cpus: 4, mem: 1_024 }
  const ports: [number, number][] = [[31_000, 31_009]]

  test('everything that is free, lists too', () => {
    expect(offerable({ ...plain, ports, disks: ['sda'] })).toEqual({
      ...plain,
      ports,
      disks: ['sda'],
    })
  })

  test('nothing of an agent with gpus, unless it says that it can use gpus', () => {
    expect(offerable({ ...plain, gpus: 2 })).toBe('gpus')
    const usesGpus: Partial<FrameworkInfo> = { capabilities: ['GPU_RESOURCES'] }
    expect(offerable({ ...plain, gpus: 2 }, usesGpus)).toEqual({ ...plain, gpus: 2 })
  })

  test('nothing of an agent with gpus even when all of them are taken by others', () => {
    const pool = new Pool()
    pool.framework('g', { capabilities: ['GPU_RESOURCES'] })
    pool.framework('f')
    pool.agent('a', { ...plain, gpus: 2 })
    pool.give({ to: 'g', on: 'a', resources: { gpus: 2 } })
    const round = pool.round()
    expect(round.offerable(clientOf(round, 'f'), candidateOf(round, 'a'))).toBeUndefined()
    expect(round.refusal).toBe('gpus')
  })

  test('what is revocable only when it says that it can lose resources', () => {
    const free = { cpus: 1, 'cpus{revocable}': 3 }
    expect(offerable(free)).toEqual({ cpus: 1 })
    expect(offerable(free, { capabilities: ['REVOCABLE_RESOURCES'] })).toEqual(free)
    expect(offerable({ 'cpus{revocable}': 3 })).toBe('reserved')
  })

  test.each([
    ['the role itself', 'eng', { cpus: 1, 'cpus(eng)': 2 }],
    ['a role below', 'eng/ads', { cpus: 1, 'cpus(eng)': 2 }],
    ['a role far below', 'eng/ads/web', { cpus: 1, 'cpus(eng)': 2 }],
    ['a role whose name only begins alike', 'engine', { cpus: 1 }],
    ['another role', 'ops', { cpus: 1 }],
    ['the role of everybody', '*', { cpus: 1 }],
  ])('what is reserved for eng: %s', (_what, role, part) => {
    expect(offerable({ cpus: 1, 'cpus(eng)': 2 }, { roles: [role] })).toEqual(part)
  })

  test('what is reserved for a role below is not for the role above', () => {
    const free = { cpus: 1, 'disk(eng/ads,ops)[db:data]': 64 }
    expect(offerable(free, { roles: ['eng'] })).toEqual({ cpus: 1 })
    expect(offerable(free, { roles: ['eng/ads'] })).toEqual(free)
    expect(offerable({ 'cpus(eng/ads)': 1 }, { roles: ['eng'] })).toBe('reserved')
  })

  test('nothing when its constraints do not allow the agent', () => {
    const offerConstraints = { f: [[{ attributeName: 'rack', textEquals: 'r1' }]] }
    expect(offerable(plain, { offerConstraints })).toBe('constraints')
    const pool = new Pool()
    pool.agent('right', plain, { attributes: { rack: 'r1' } })
    pool.framework('f', { offerConstraints })
    const round = pool.round()
    expect(round.offerable(clientOf(round, 'f'), candidateOf(round, 'right'))).toBeDefined()
  })

  test('constraints count for their role alone', () => {
    const offerConstraints = { x: [[{ attributeName: 'rack', exists: true as const }]] }
    const pool = new Pool()
    pool.agent('a', plain)
    pool.framework('f', { roles: ['x', 'y'], offerConstraints })
    const round = pool.round()
    const lot = candidateOf(round, 'a')
    expect(round.offerable(clientOf(round, 'f', 'x'), lot)).toBeUndefined()
    expect(round.offerable(clientOf(round, 'f', 'y'), lot)).toBeDefined()
  })
})

describe('Round: what is too little to be worth an offer', () => {
  test.each<[string, Resources, boolean]>([
    ['0.01 cpus', { cpus: 0.01 }, true],
    ['32 MB', { mem: 32 }, true],
    ['less than both', { cpus: 0.009, mem: 31 }, false],
    ['disk and ports without cpus and memory', { disk: 9_000, ports: [[1, 9]] }, false],
    ['a licence without cpus and memory', { licences: 1 }, true],
    ['a licence in a set', { licences: ['one'] }, true],
    ['crumbs that together are enough', { cpus: 0.005, 'cpus(f)': 0.005 }, true],
  ])('%s', (_what, free, isWorth) => {
    expect(offerable(free)).toEqual(isWorth ? free : 'crumb')
  })

  test('a gpu is worth an offer however little else is left', () => {
    const free = { gpus: 1, cpus: 0.001 }
    expect(offerable(free, { capabilities: ['GPU_RESOURCES'] })).toEqual(free)
  })

  test('the master may have another idea of it, in which any one of the amounts suffices', () => {
    const minAllocatable = [{ cpus: 4_000, mem: 1_024_000 }, { disk: 1_000 }]
    const judged = (free: Resources) => offerable(free, {}, new Pool({ minAllocatable }))
    expect(judged({ cpus: 4, mem: 1_023 })).toBe('crumb')
    expect(judged({ cpus: 4, mem: 1_024 })).toEqual({ cpus: 4, mem: 1_024 })
    expect(judged({ disk: 1 })).toEqual({ disk: 1 })
  })

  test('a framework may have its own for a role, in place of that of the master', () => {
    const info = { minAllocatable: { f: [{ cpus: 2 }] } }
    expect(offerable({ cpus: 1, mem: 9_000 }, info)).toBe('crumb')
    expect(offerable({ cpus: 2 }, info)).toEqual({ cpus: 2 })
    const generous = new Pool({ minAllocatable: [{ cpus: 9_000 }] })
    expect(offerable({ cpus: 2 }, info, generous)).toEqual({ cpus: 2 })
  })

  test('a framework that lists no amounts takes whatever there is', () => {
    const info = { minAllocatable: { f: [] } }
    expect(offerable({ cpus: 0.001 }, info)).toEqual({ cpus: 0.001 })
    expect(offerable({ ports: [[1, 1]] }, info)).toEqual({ ports: [[1, 1]] })
    expect(offerable({ 'cpus(other)': 4 }, info)).toBe('reserved')
  })

  test('what it says for one role does not count for its others', () => {
    const info = { roles: ['f', 'other'], minAllocatable: { other: [{ cpus: 100 }] } }
    expect(offerable({ cpus: 1 }, info)).toEqual({ cpus: 1 })
  })
})

describe('Round: what a client refused before', () => {
  const refused = { cpus: 2_000, mem: 512_000 }

  function judged(free: Resources, at = 0): Resources | string {
    const pool = new Pool()
    pool.agent('a', free)
    pool.framework('f')
    pool.refuse(pool.client('f'), 'a', refused, 5_000)
    const round = pool.round(at)
    const part = round.offerable(clientOf(round, 'f'), candidateOf(round, 'a'))
    return part === undefined ? (round.refusal ?? 'no reason') : toResources(part)
  }

  test('the same and less of it is not offered again while the filter lasts', () => {
    expect(judged({ cpus: 2, mem: 512 })).toBe('filtered')
    expect(judged({ cpus: 1, mem: 512 })).toBe('filtered')
    expect(judged({ mem: 512 }, 4_999)).toBe('filtered')
  })

  test('anything extra makes a new offer, and so does the end of the filter', () => {
    expect(judged({ cpus: 2.001, mem: 512 })).toEqual({ cpus: 2.001, mem: 512 })
    expect(judged({ cpus: 1, ports: [[1, 1]] })).toEqual({ cpus: 1, ports: [[1, 1]] })
    expect(judged({ cpus: 2, mem: 512 }, 5_000)).toEqual({ cpus: 2, mem: 512 })
  })
})
