import { describe, expect, it } from 'vitest'
import type { Place } from '../../../src/frameworks/jobs/preference.ts'
import { JobQueue } from '../../../src/frameworks/jobs/queue.ts'
import type { Resources } from '../../../src/messages/index.ts'
import { toQuantities, toResources } from '../../../src/model/resources/quantities.ts'
import { jobOf, pickyJob, type TestJob } from './support.ts'

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

describe('JobQueue: 10,000 shapes', () => {
  /** Jobs of 10,000 shapes, shape after shape. */
  function manyShapes(needs: (shape: number) => Resources, count = 10_000): JobQueue {
    const queue = new JobQueue()
    for (let index = 0; index < count; index++) {
      const shape = index % 10_000
      queue.add(jobOf(`J${index}`, needs(shape)))
    }
    return queue
  }

  it('of 100,000 jobs cost an offer what it takes and a little more, not a look at each', () => {
    const needs = (shape: number): Resources => ({
      cpus: 1 + (shape % 100) / 100,
      mem: 100 + shape,
    })
    const queue = manyShapes(needs, 100_000)
    for (const cpus of [1, 2, 8, 64]) {
      const { jobs, isComplete, looks } = queue.pack(toQuantities({ cpus, mem: 100_000 }))
      expect(jobs.length).toBeGreaterThan(cpus / 3)
      expect(isComplete).toBe(true)
      expect(looks).toBeLessThan(100 + 60 * jobs.length)
    }
    for (const crumbs of [
      { cpus: 0.9, mem: 100_000 },
      { cpus: 64, mem: 99 },
    ]) {
      const packed = queue.pack(toQuantities(crumbs))
      expect(packed).toMatchObject({ jobs: [], isComplete: true, looks: 1 })
    }
  })

  it('that mislead a search cut it off, and the next offers go on until all had their turn', () => {
    const queue = manyShapes((shape) => {
      if (shape === 9_999) return { cpus: 10, mem: 10 }
      return shape % 2 === 0
        ? { cpus: 1_000, mem: 1 + shape }
        : { cpus: 0.1, mem: 1_000_000 + shape }
    })
    let offers = 0
    for (;;) {
      offers++
      const { jobs, isComplete, looks } = queue.pack(toQuantities({ cpus: 10, mem: 20_000 }))
      expect(looks).toBeLessThanOrEqual(1_050)
      expect(isComplete).toBe(false)
      if (jobs.length === 0) continue
      expect(jobs.map(({ id }) => id)).toEqual(['J9999'])
      break
    }
    expect(offers).toBeLessThanOrEqual(20)
  })

  it('are all served, each in its turn, however many jobs the first ones have', () => {
    const queue = manyShapes((shape) => ({ cpus: 4, mem: 1 + shape }))
    const first: string[] = []
    for (let offer = 0; offer < 10_000; offer++) {
      first.push(...pack(queue, { cpus: 4, mem: 20_000 }).ids)
    }
    expect(first).toEqual(Array.from({ length: 10_000 }, (_, index) => `J${index}`))
  })
})

describe('JobQueue: jobs that prefer agents', () => {
  const home: Place = { hostname: 'home', attributes: { rack: 'r1' } }
  const away: Place = { hostname: 'away', attributes: { rack: 'r2' } }

  function packAt(queue: JobQueue, place: Place, cpus = 1): string[] {
    const { jobs } = queue.pack(toQuantities({ cpus }), place)
    for (const job of jobs) job.phase = 'launched'
    return jobs.map(({ id, locality }) => (locality === undefined ? id : `${id} ${locality}`))
  }

  it('take no other while they wait, and the others are not held up', () => {
    const queue = queueOf(pickyJob('A', { agents: 'home' }), jobOf('B'))
    expect(packAt(queue, away, 4)).toEqual(['B'])
    expect(packAt(queue, away, 4)).toEqual([])
    expect(packAt(queue, home, 4)).toEqual(['A preferred'])
  })

  it('come first where they prefer to be', () => {
    const queue = queueOf(jobOf('A'), pickyJob('B', { attributes: { rack: 'r1' } }))
    expect(packAt(queue, home)).toEqual(['B preferred'])
    expect(packAt(queue, home)).toEqual(['A'])
  })

  it('take any when their wait is over, each at its own time', () => {
    const jobs = ['A', 'B', 'C'].map((id) => pickyJob(id, { agents: 'home' }))
    for (const [index, job] of jobs.entries()) job.preferUntilMs = 1_000 * (index + 1)
    const queue = queueOf(...jobs)
    const [{ shape } = jobOf('none')] = jobs
    expect(queue.relax(1_000, [shape])).toBe(true)
    expect(packAt(queue, away, 4)).toEqual(['A any'])
    expect(queue.relax(1_500, [shape])).toBe(false)
    expect(packAt(queue, away, 4)).toEqual([])
    expect(queue.relax(2_000, [shape])).toBe(true)
    expect(packAt(queue, home, 1)).toEqual(['B preferred'])
    expect(queue.relax(3_000, [shape])).toBe(true)
    expect(queue.relax(3_000, [shape])).toBe(false)
    expect(packAt(queue, away, 4)).toEqual(['C any'])
  })

  it('without a wait take any at once, but their own first', () => {
    const queue = queueOf(
      pickyJob('A', { agents: 'home' }, { waitMs: 0 }),
      pickyJob('B', { agents: 'away' }, { waitMs: 0 }),
    )
    expect(packAt(queue, away)).toEqual(['B preferred'])
    expect(packAt(queue, away)).toEqual(['A any'])
  })

  it('that are dropped leave the wait to the one behind them', () => {
    const [first, second] = [pickyJob('A', { agents: 'home' }), pickyJob('B', { agents: 'home' })]
    first.preferUntilMs = 1_000
    second.preferUntilMs = 2_000
    const queue = queueOf(first, second)
    queue.relax(1_000, [first.shape])
    first.phase = 'ended'
    queue.drop(first)
    expect(packAt(queue, away, 4)).toEqual([])
    expect(queue.relax(2_000, [first.shape])).toBe(true)
    expect(packAt(queue, away, 4)).toEqual(['B any'])
    expect(queue.size).toBe(0)
  })

  it('do not keep the others waiting for ever, however many come', () => {
    const queue = queueOf(jobOf('patient'))
    const taken: string[] = []
    for (let offer = 0; offer < 100 && !taken.includes('patient'); offer++) {
      queue.add(pickyJob(`P${offer}`, { agents: 'home' }))
      taken.push(...packAt(queue, home))
    }
    expect(taken.at(-1)).toBe('patient')
    expect(taken.length).toBeLessThanOrEqual(25)
  })

  it('10,000 of them, each with agents of its own, are found without a look at each', () => {
    const queue = new JobQueue()
    for (let index = 0; index < 10_000; index++) {
      const agents = [0, 1, 2].map((copy) => `node-${(index * 7 + copy * 31) % 100}`)
      queue.add(pickyJob(`J${index}`, { agents }))
    }
    const { jobs, looks } = queue.pack(toQuantities({ cpus: 4 }), { hostname: 'node-3' })
    expect(jobs.map(({ locality }) => locality)).toEqual(Array(4).fill('preferred'))
    expect(looks).toBeLessThan(100)
    expect(queue.pack(toQuantities({ cpus: 4 }), { hostname: 'elsewhere' }).looks).toBe(0)
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
