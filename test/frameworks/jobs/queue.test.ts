import { describe, expect, it } from 'vitest'
import { JobQueue } from '../../../src/frameworks/jobs/queue.ts'
import type { Resources } from '../../../src/messages/index.ts'
import { toQuantities, toResources } from '../../../src/model/resources/quantities.ts'
import { jobOf, type TestJob } from './support.ts'

function queueOf(...jobs: TestJob[]): JobQueue {
  const queue = new JobQueue()
  for (const job of jobs) queue.add(job)
  return queue
}

/** Packs an offer; returns the ids of what was taken, and what is left of the offer. */
function pack(queue: JobQueue, resources: Resources) {
  const room = toQuantities(resources)
  const { jobs } = queue.pack(room)
  for (const job of jobs) job.phase = 'launched'
  return { ids: jobs.map(({ id }) => id), left: toResources(room) }
}

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

describe('JobQueue: 100,000 jobs of one shape', () => {
  it('are packed by looking at the jobs that are taken and at no others', () => {
    const queue = new JobQueue()
    let looks = 0
    for (let index = 0; index < 100_000; index++) {
      const job = jobOf(`J${index}`)
      const { phase } = job
      Object.defineProperty(job, 'phase', {
        get: () => {
          looks++
          return phase
        },
      })
      queue.add(job)
    }
    const room = toQuantities({ cpus: 10 })
    expect(queue.pack(room).jobs.map(({ id }) => id)).toEqual(
      Array.from({ length: 10 }, (_, index) => `J${index}`),
    )
    expect(looks).toBeLessThanOrEqual(20)
  })

  it('all get their turn, in order, over many offers', () => {
    const queue = new JobQueue()
    for (let index = 0; index < 100_000; index++) queue.add(jobOf(`J${index}`))
    const taken: string[] = []
    while (queue.size > 0) taken.push(...pack(queue, { cpus: 100 }).ids)
    expect(taken.length).toBe(100_000)
    expect(taken.findIndex((id, index) => id !== `J${index}`)).toBe(-1)
  })
})
