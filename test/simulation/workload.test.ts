import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../src/simulation/random-stream.ts'
import { createWorkload } from '../../src/simulation/world/workload.ts'

const options = { frameworks: 3, tasks: 40, withinMs: 10_000 }

describe('Workload', () => {
  test('fewer tasks are the first of more, so that a smaller world is a part of the greater', () => {
    const many = createWorkload(new RandomStream(4, 'workload'), options)
    const few = createWorkload(new RandomStream(4, 'workload'), { ...options, tasks: 7 })
    expect(few).toEqual(many.slice(0, 7))
  })

  test('it has jobs for everybody, of every course, all in time', () => {
    const jobs = createWorkload(new RandomStream(4, 'workload'), { ...options, tasks: 200 })
    expect(new Set(jobs.map(({ framework }) => framework))).toEqual(new Set([0, 1, 2]))
    expect(new Set(jobs.map(({ course }) => course))).toEqual(
      new Set(['finishes', 'fails', 'hangs']),
    )
    expect(jobs.every(({ arrivesAtMs }) => arrivesAtMs <= 10_000)).toBe(true)
  })
})

describe('Random streams', () => {
  test('of one seed they are independent of each other, and each is always the same', () => {
    const draw = (name: string, seed = 1) => {
      const stream = new RandomStream(seed, name)
      return Array.from({ length: 5 }, () => stream.next())
    }
    expect(draw('faults')).toEqual(draw('faults'))
    expect(draw('faults')).not.toEqual(draw('workload'))
    expect(draw('faults')).not.toEqual(draw('faults', 2))
  })

  test('seeds that follow each other do not give similar numbers', () => {
    const first = Array.from({ length: 200 }, (_, seed) => new RandomStream(seed, 'faults').next())
    const mean = first.reduce((sum, value) => sum + value, 0) / first.length
    expect(mean).toBeGreaterThan(0.4)
    expect(mean).toBeLessThan(0.6)
    expect(new Set(first).size).toBe(200)
  })
})
