import { describe, expect, it } from 'vitest'
import { JobQueue } from '../../../src/frameworks/jobs/queue.ts'
import type { Resources } from '../../../src/messages/index.ts'
import { jobOf, pack, queueOf } from './support.ts'

describe('JobQueue: packing an offer', () => {
  it('takes as many jobs as fit, first come first served, and says what is left', () => {
    const queue = queueOf(jobOf('A'), jobOf('B'), jobOf('C'))
    expect(pack(queue, { cpus: 2.5 })).toEqual({ ids: ['A', 'B'], left: { cpus: 0.5 } })
    expect(queue.size).toBe(1)
    expect(queue.jobs().map(({ id }) => id)).toEqual(['C'])
  })

  it('takes a small job although a bigger one, which came first, does not fit', () => {
    const queue = queueOf(jobOf('big', { cpus: 4 }), jobOf('small', { cpus: 1 }))
    expect(pack(queue, { cpus: 2 }).ids).toEqual(['small'])
    expect(queue.size).toBe(1)
  })

  it('counts every resource: the one that is short decides', () => {
    const jobs = ['A', 'B', 'C'].map((id) => jobOf(id, { cpus: 1, mem: 100 }))
    expect(pack(queueOf(...jobs), { cpus: 10, mem: 250 })).toEqual({
      ids: ['A', 'B'],
      left: { cpus: 8, mem: 50 },
    })
  })

  it('gives two jobs that want the same port one after the other, never both', () => {
    const ports: Resources = { ports: [[80, 80]] }
    const queue = queueOf(jobOf('A', ports), jobOf('B', ports))
    expect(pack(queue, { ports: [[80, 90]] }).ids).toEqual(['A'])
    expect(pack(queue, { ports: [[80, 90]] }).ids).toEqual(['B'])
  })

  it('chooses ports by number, other ones for each job', () => {
    const jobs = ['A', 'B', 'C'].map((id) => jobOf(id, { cpus: 1, ports: 2 }))
    const { ids, left } = pack(queueOf(...jobs), { cpus: 3, ports: [[31_000, 31_004]] })
    expect(ids).toEqual(['A', 'B'])
    expect(jobs.map(({ resources }) => resources)).toEqual([
      { cpus: 1, ports: [[31_000, 31_001]] },
      { cpus: 1, ports: [[31_002, 31_003]] },
      undefined,
    ])
    expect(left).toEqual({ cpus: 1, ports: [[31_004, 31_004]] })
  })

  it('takes what is reserved before what is not, and says which it was', () => {
    const jobs = ['A', 'B', 'C'].map((id) => jobOf(id, { cpus: 2 }))
    const { ids, left } = pack(queueOf(...jobs), { cpus: 3, 'cpus(eng)': 3 })
    expect(ids).toEqual(['A', 'B', 'C'])
    expect(jobs.map(({ resources }) => resources)).toEqual([
      { 'cpus(eng)': 2 },
      { 'cpus(eng)': 1, cpus: 1 },
      { cpus: 2 },
    ])
    expect(left).toEqual({})
  })

  it('leaves resources that may be taken away to those who ask for them', () => {
    const queue = queueOf(jobOf('A', { cpus: 1 }), jobOf('B', { 'cpus{revocable}': 1 }))
    expect(pack(queue, { 'cpus{revocable}': 4 }).ids).toEqual(['B'])
  })

  it('an empty queue takes nothing', () => {
    expect(pack(new JobQueue(), { cpus: 1 })).toEqual({ ids: [], left: { cpus: 1 } })
  })
})

describe('JobQueue: shapes', () => {
  it('take turns: one that got something goes to the end', () => {
    const wide = ['W1', 'W2', 'W3'].map((id) => jobOf(id, { cpus: 2 }))
    const high = ['H1', 'H2', 'H3'].map((id) => jobOf(id, { cpus: 1, mem: 100 }))
    const queue = queueOf(...wide, ...high)
    const taken = [1, 2, 3, 4].map(() => pack(queue, { cpus: 2, mem: 200 }).ids)
    expect(taken).toEqual([['W1'], ['H1', 'H2'], ['W2'], ['H3']])
  })

  it('one that got nothing keeps its place at the front', () => {
    const queue = queueOf(jobOf('big', { cpus: 4 }), jobOf('S1'), jobOf('S2'))
    expect(pack(queue, { cpus: 1 }).ids).toEqual(['S1'])
    expect(pack(queue, { cpus: 4 }).ids).toEqual(['big'])
  })

  it('tell whether a job is the first of its kind', () => {
    const queue = new JobQueue()
    expect(queue.add(jobOf('A'))).toBe(true)
    expect(queue.add(jobOf('B'))).toBe(false)
    expect(queue.add(jobOf('C', { cpus: 2 }))).toBe(true)
    pack(queue, { cpus: 2 })
    expect(queue.add(jobOf('D'))).toBe(true)
  })
})

describe('JobQueue: jobs that are not wanted any more', () => {
  it('a dropped job is passed over', () => {
    const [first, second] = [jobOf('A'), jobOf('B')]
    const queue = queueOf(first, second)
    first.phase = 'ended'
    queue.drop(first)
    expect(queue.size).toBe(1)
    expect(queue.jobs()).toEqual([second])
    expect(pack(queue, { cpus: 4 }).ids).toEqual(['B'])
  })

  it('a shape whose jobs were all dropped is gone, and can come again', () => {
    const job = jobOf('A')
    const queue = queueOf(job)
    job.phase = 'ended'
    queue.drop(job)
    expect(queue.size).toBe(0)
    expect(queue.add(jobOf('B'))).toBe(true)
    expect(pack(queue, { cpus: 4 }).ids).toEqual(['B'])
  })

  it('clearing takes out everything that waits', () => {
    const queue = queueOf(jobOf('A'), jobOf('B', { cpus: 2 }), jobOf('C'))
    expect(queue.clear().map(({ id }) => id)).toEqual(['A', 'C', 'B'])
    expect(queue.size).toBe(0)
    expect(queue.jobs()).toEqual([])
  })
})
