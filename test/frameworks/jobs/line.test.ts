import { describe, expect, it } from 'vitest'
import { Line } from '../../../src/frameworks/jobs/line.ts'
import { jobOf, type TestJob } from './support.ts'

/** A line of jobs that counts how often somebody looks at one. */
function countedLine(count: number) {
  const looks = { count: 0 }
  const jobs: TestJob[] = Array.from({ length: count }, (_, index) => {
    const job = jobOf(`J${index}`)
    let { phase } = job
    return Object.defineProperty(job, 'phase', {
      get: () => {
        looks.count++
        return phase
      },
      set: (next: TestJob['phase']) => {
        phase = next
      },
    })
  })
  const line = new Line(jobOf('J'))
  for (const job of jobs) line.push(job)
  return { jobs, line, looks }
}

describe('Line: jobs that left', () => {
  it('are passed over, from the front and from between', () => {
    const { jobs, line } = countedLine(5)
    for (const index of [0, 2, 3]) {
      const job = jobs[index]
      if (job !== undefined) job.phase = 'ended'
      line.drop()
    }
    expect([line.waiting, line.list().map(({ id }) => id)]).toEqual([2, ['J1', 'J4']])
    expect(line.list(1).map(({ id }) => id)).toEqual(['J1'])
    expect([line.shift()?.id, line.shift()?.id, line.shift()]).toEqual(['J1', 'J4', undefined])
    expect([line.waiting, line.first]).toEqual([0, undefined])
  })

  it('are not kept: 10,000 of them cost the next look nothing', () => {
    const { jobs, line, looks } = countedLine(10_000)
    for (const job of jobs.slice(0, 9_999)) {
      job.phase = 'ended'
      line.drop()
    }
    looks.count = 0
    expect(line.list().map(({ id }) => id)).toEqual(['J9999'])
    expect(looks.count).toBeLessThanOrEqual(1_025)
  })
})
