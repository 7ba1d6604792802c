import { describe, expect, it } from 'vitest'
import { JobQueue } from '../../../src/frameworks/jobs/queue.ts'
import type { Resources } from '../../../src/messages/index.ts'
import { toQuantities } from '../../../src/model/resources/quantities.ts'
import { isLong } from '../../support/long.ts'
import { jobOf, pack } from './support.ts'

/** What is counted is the same for any number; CI takes the whole crowd. */
const crowd = isLong ? 100_000 : 10_000

describe(`JobQueue: ${crowd} jobs of one shape`, () => {
  it('are packed by looking at the jobs that are taken and at no others', () => {
    const queue = new JobQueue()
    let looks = 0
    for (let index = 0; index < crowd; index++) {
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
    for (let index = 0; index < crowd; index++) queue.add(jobOf(`J${index}`))
    const taken: string[] = []
    while (queue.size > 0) taken.push(...pack(queue, { cpus: 100 }).ids)
    expect(taken.length).toBe(crowd)
    expect(taken.findIndex((id, index) => id !== `J${index}`)).toBe(-1)
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

  it(`of ${crowd} jobs cost an offer what it takes and a little more, not a look at each`, () => {
    const needs = (shape: number): Resources => ({
      cpus: 1 + (shape % 100) / 100,
      mem: 100 + shape,
    })
    const queue = manyShapes(needs, crowd)
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
