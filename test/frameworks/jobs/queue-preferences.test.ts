import { describe, expect, it } from 'vitest'
import type { Place } from '../../../src/frameworks/jobs/preference.ts'
import { JobQueue } from '../../../src/frameworks/jobs/queue.ts'
import { toQuantities } from '../../../src/model/resources/quantities.ts'
import { jobOf, pickyJob, queueOf } from './support.ts'

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

  it('come first only where all is as they prefer', () => {
    const attributes = { rack: 'r1', zone: 'z1' }
    const queue = queueOf(jobOf('A'), pickyJob('B', { attributes }, { waitMs: 0 }))
    expect(packAt(queue, home)).toEqual(['A'])
    expect(packAt(queue, home)).toEqual(['B any'])
  })

  it('leave nothing to look at when they are gone', () => {
    const jobs = ['home', 'away'].map((name) => pickyJob(name, { agents: name }))
    const queue = queueOf(...jobs)
    expect(packAt(queue, home, 4)).toEqual(['home preferred'])
    for (const job of jobs.slice(1)) queue.drop(job)
    for (const place of [home, away]) {
      expect(queue.pack(toQuantities({ cpus: 1 }), place).looks).toBe(0)
    }
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
