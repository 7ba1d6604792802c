import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../src/actors/virtual-clock.ts'
import { Dispatcher } from '../../../src/frameworks/jobs/dispatcher.ts'
import type { Call } from '../../../src/model/scheduler/book.ts'
import { jobOf, offerOf, statusOf, type TestJob } from './support.ts'

function dispatcherWith(...jobs: TestJob[]) {
  const calls: Call[] = []
  const clock = new VirtualClock(1_000)
  const dispatcher = new Dispatcher({ clock, call: (call) => calls.push(call) })
  for (const job of jobs) dispatcher.add(job)
  clock.settle()
  /** What was said since the last look. */
  const said = (): Call[] => calls.splice(0)
  return { dispatcher, said }
}

describe('Dispatcher: what it hears of tasks', () => {
  it('that it does not know: those that run are killed, all others are none of its business', () => {
    const { dispatcher, said } = dispatcherWith(jobOf('A'))
    said()
    dispatcher.updates([
      statusOf('X1', 'TASK_STAGING'),
      statusOf('X2', 'TASK_RUNNING'),
      statusOf('X3', 'TASK_KILLING'),
      statusOf('X4', 'TASK_UNREACHABLE'),
      statusOf('X5', 'TASK_UNKNOWN'),
      statusOf('X6', 'TASK_FINISHED'),
    ])
    expect(said()).toMatchObject([
      { type: 'call.kill', kills: [{ taskId: 'X1' }] },
      { type: 'call.kill', kills: [{ taskId: 'X2' }] },
    ])
  })

  it('that have ended already, with or without a uuid: a job ends once', () => {
    const job = jobOf('A')
    const { dispatcher, said } = dispatcherWith(job)
    dispatcher.offers([offerOf('O1', { cpus: 1 })])
    said()
    dispatcher.updates([statusOf('A', 'TASK_FINISHED'), statusOf('A', 'TASK_FINISHED')])
    dispatcher.updates([{ ...statusOf('A', 'TASK_GONE'), reason: 'RECONCILIATION' }])
    expect(job.ends.map(({ state }) => state)).toEqual(['TASK_FINISHED'])
    expect(said()).toEqual([])
  })

  it('that nobody knows any more: the job is over, or tried again when it has retries', () => {
    const [once, again] = [jobOf('A'), jobOf('B', { cpus: 1 }, 1)]
    const { dispatcher } = dispatcherWith(once, again)
    dispatcher.offers([offerOf('O1', { cpus: 2 })])
    dispatcher.updates([statusOf('A', 'TASK_UNKNOWN'), statusOf('B', 'TASK_UNKNOWN')])
    expect(once.ends.map(({ state }) => state)).toEqual(['TASK_UNKNOWN'])
    expect([dispatcher.waiting, dispatcher.launched]).toEqual([1, 0])
  })
})
