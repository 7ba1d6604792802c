import { describe, expect, it } from 'vitest'
import type { Timer } from '../../../src/actors/ports.ts'
import { VirtualClock } from '../../../src/actors/virtual-clock.ts'
import { Dispatcher } from '../../../src/frameworks/jobs/dispatcher.ts'
import type { Call } from '../../../src/model/scheduler/book.ts'
import { jobOf, offerOf, pickyJob, statusOf, type TestJob } from './support.ts'

/** A clock whose timers fire a millisecond too early, and are counted until they are cleared. */
class EarlyClock extends VirtualClock {
  timers = 0

  override setTimer(callback: () => void, delayMs: number) {
    this.timers++
    return super.setTimer(callback, delayMs - 1)
  }

  override clearTimer(timer: Timer) {
    this.timers--
    super.clearTimer(timer)
  }
}

function dispatcherWith(...jobs: TestJob[]) {
  return dispatcherOn(new VirtualClock(1_000), ...jobs)
}

function dispatcherOn(clock: VirtualClock, ...jobs: TestJob[]) {
  const calls: Call[] = []
  const dispatcher = new Dispatcher({ clock, call: (call) => calls.push(call) })
  for (const job of jobs) dispatcher.add(job)
  clock.settle()
  /** What was said since the last look. */
  const said = (): Call[] => calls.splice(0)
  return { clock, dispatcher, said }
}

describe('Dispatcher: an offer', () => {
  it('gets every job that fits in one launch', () => {
    const { dispatcher, said } = dispatcherWith(jobOf('A'), jobOf('B'), jobOf('C'))
    said()
    dispatcher.offers([offerOf('O1', { cpus: 2, mem: 64 })])
    expect(said()).toMatchObject([
      {
        type: 'call.launch',
        offerIds: ['O1'],
        tasks: [
          { taskId: 'A', agentId: 'S1', resources: { cpus: 1 } },
          { taskId: 'B', agentId: 'S1' },
        ],
      },
    ])
    expect([dispatcher.waiting, dispatcher.launched]).toEqual([1, 2])
  })

  it('that fits nothing is declined with the default filter, because work waits', () => {
    const { dispatcher, said } = dispatcherWith(jobOf('A', { cpus: 8 }))
    said()
    dispatcher.offers([offerOf('O1', { cpus: 2 }), offerOf('O2', { cpus: 1 })])
    expect(said()).toEqual([{ type: 'call.decline', offerIds: ['O1', 'O2'] }])
  })

  it('that comes while nothing waits is declined for long, and no more are wanted', () => {
    const { dispatcher, said } = dispatcherWith()
    dispatcher.offers([offerOf('O1', { cpus: 2 })])
    expect(said()).toEqual([
      { type: 'call.decline', offerIds: ['O1'], filters: { refuseSeconds: 3_600 } },
      { type: 'call.suppress' },
    ])
    dispatcher.offers([offerOf('O2', { cpus: 2 })])
    expect(said()).toMatchObject([{ type: 'call.decline', offerIds: ['O2'] }])
  })

  it('that takes the last job suppresses the framework', () => {
    const { dispatcher, said } = dispatcherWith(jobOf('A'))
    said()
    dispatcher.offers([offerOf('O1', { cpus: 2 })])
    expect(said().map(({ type }) => type)).toEqual(['call.launch', 'call.suppress'])
  })
})

describe('Dispatcher: an offer that not every job had its turn with', () => {
  it('is soon welcome again', () => {
    const misleading = Array.from({ length: 2_000 }, (_, index) =>
      jobOf(
        `J${index}`,
        index % 2 === 0 ? { cpus: 100 + index } : { cpus: 1, mem: 100_000 + index },
      ),
    )
    const { dispatcher, said } = dispatcherWith(...misleading)
    said()
    dispatcher.offers([offerOf('O1', { cpus: 10, mem: 1_000 })])
    expect(said()).toEqual([
      { type: 'call.decline', offerIds: ['O1'], filters: { refuseSeconds: 1 } },
    ])
  })
})

describe('Dispatcher: a job that prefers agents', () => {
  const home = { hostname: 'home', agentId: 'S1' }
  const away = { hostname: 'away', agentId: 'S2' }

  it('declines the offers of others as usual while it waits, and revives when it waits no more', () => {
    const { dispatcher, said, clock } = dispatcherWith(pickyJob('A', { agents: 'home' }))
    expect(said()).toEqual([{ type: 'call.revive' }])
    dispatcher.offers([offerOf('O1', { cpus: 1 }, away)])
    expect(said()).toEqual([{ type: 'call.decline', offerIds: ['O1'] }])
    clock.advance(4_999)
    expect(said()).toEqual([])
    clock.advance(1)
    expect(said()).toEqual([{ type: 'call.revive' }])
    dispatcher.offers([offerOf('O2', { cpus: 1 }, away)])
    expect(said()[0]).toMatchObject({ type: 'call.launch', tasks: [{ agentId: 'S2' }] })
    expect(dispatcher.locality).toEqual({ preferred: 0, any: 1 })
  })

  it('takes any although the timer of its wait fired a moment early, as timers of systems do', () => {
    const { dispatcher, said, clock } = dispatcherOn(
      new EarlyClock(1_000),
      pickyJob('A', { agents: 'home' }),
    )
    clock.advance(4_999)
    dispatcher.offers([offerOf('O1', { cpus: 1 }, away)])
    expect(said().map(({ type }) => type)).toContain('call.launch')
  })

  it('that is abandoned leaves no timer behind, which would keep a process alive', () => {
    const clock = new EarlyClock(1_000)
    const { dispatcher } = dispatcherOn(clock, pickyJob('A', { agents: 'home' }))
    expect(clock.timers).toBe(1)
    dispatcher.abandon('the tenant was closed')
    expect(clock.timers).toBe(0)
  })

  it('that is launched, or killed, in time revives nobody later', () => {
    const [launched, killed] = [
      pickyJob('A', { agents: 'home' }),
      pickyJob('B', { agents: 'nowhere' }),
    ]
    const { dispatcher, said, clock } = dispatcherWith(launched, killed)
    dispatcher.offers([offerOf('O1', { cpus: 1 }, home)])
    dispatcher.kill(killed, undefined)
    said()
    clock.advance(60_000)
    expect(said()).toEqual([])
    expect(dispatcher.locality).toEqual({ preferred: 1, any: 0 })
  })

  it('whose launch was dropped is counted where it ran in the end', () => {
    const job = pickyJob('A', { agents: 'home' })
    const { dispatcher } = dispatcherWith(job)
    dispatcher.offers([offerOf('O1', { cpus: 1 }, home)])
    dispatcher.updates([statusOf('A', 'TASK_DROPPED')])
    expect(dispatcher.locality).toEqual({ preferred: 0, any: 0 })
    expect(job.resources).toBeUndefined()
    dispatcher.offers([offerOf('O2', { cpus: 1 }, home)])
    expect(dispatcher.locality).toEqual({ preferred: 1, any: 0 })
  })

  it('is launched with the ports that it got', () => {
    const { dispatcher, said } = dispatcherWith(jobOf('A', { ports: 2 }))
    said()
    dispatcher.offers([offerOf('O1', { cpus: 1, ports: [[31_000, 31_009]] })])
    expect(said()[0]).toMatchObject({ tasks: [{ resources: { ports: [[31_000, 31_001]] } }] })
  })
})

describe('Dispatcher: work that comes', () => {
  it('many jobs in one turn revive once', () => {
    const { dispatcher, said, clock } = dispatcherWith()
    dispatcher.offers([offerOf('O1', { cpus: 2 })])
    said()
    for (const id of ['A', 'B', 'C']) dispatcher.add(jobOf(id, { cpus: id === 'C' ? 2 : 1 }))
    expect(said()).toEqual([])
    clock.settle()
    expect(said()).toEqual([{ type: 'call.revive' }])
  })

  it('a job of a kind that waits already says nothing', () => {
    const { dispatcher, said, clock } = dispatcherWith(jobOf('A'))
    expect(said()).toEqual([{ type: 'call.revive' }])
    dispatcher.add(jobOf('B'))
    clock.settle()
    expect(said()).toEqual([])
  })

  it('a job that is killed in the same turn revives nobody', () => {
    const { dispatcher, said, clock } = dispatcherWith()
    const job = jobOf('A')
    dispatcher.add(job)
    dispatcher.kill(job, undefined)
    clock.settle()
    expect(said()).toEqual([])
    expect(job.ends).toMatchObject([
      { state: 'TASK_KILLED', message: 'it was killed before it was launched', timestampMs: 1_000 },
    ])
  })
})

describe('Dispatcher: a job that failed', () => {
  it('is tried again under a new id until its retries are used up', () => {
    const job = jobOf('A', { cpus: 1 }, 1)
    const { dispatcher, said } = dispatcherWith(job)
    dispatcher.offers([offerOf('O1', { cpus: 1 })])
    dispatcher.updates([statusOf('A', 'TASK_RUNNING'), statusOf('A', 'TASK_FAILED')])
    expect([job.phase, job.attempts, job.ends.length]).toEqual(['waiting', 1, 0])
    said()
    dispatcher.offers([offerOf('O2', { cpus: 1 })])
    expect(said()[0]).toMatchObject({ type: 'call.launch', tasks: [{ taskId: 'A.2' }] })
    dispatcher.updates([statusOf('A.2', 'TASK_FAILED', { exitCode: 7 })])
    expect(job.ends).toMatchObject([{ state: 'TASK_FAILED', exitCode: 7 }])
    expect(job.attempts).toBe(2)
    expect(job.heard).toEqual(['TASK_STAGING', 'TASK_RUNNING', 'TASK_FAILED', 'TASK_STAGING'])
  })

  it('whose launch was dropped is launched again although it has no retries', () => {
    const job = jobOf('A')
    const { dispatcher, clock, said } = dispatcherWith(job)
    dispatcher.offers([offerOf('O1', { cpus: 1 })])
    said()
    dispatcher.updates([statusOf('A', 'TASK_DROPPED', { reason: 'INVALID_OFFERS' })])
    clock.settle()
    expect(said()).toEqual([{ type: 'call.revive' }])
    dispatcher.offers([offerOf('O2', { cpus: 1 })])
    dispatcher.updates([statusOf('A.2', 'TASK_FINISHED')])
    expect(job.ends).toMatchObject([{ state: 'TASK_FINISHED' }])
  })

  it('is not tried again when it was killed, or is in error', () => {
    const [killed, wrong] = [jobOf('A', { cpus: 1 }, 5), jobOf('B', { cpus: 1 }, 5)]
    const { dispatcher } = dispatcherWith(killed, wrong)
    dispatcher.offers([offerOf('O1', { cpus: 2 })])
    dispatcher.kill(killed, undefined)
    dispatcher.updates([statusOf('A', 'TASK_FAILED'), statusOf('B', 'TASK_ERROR')])
    expect(killed.ends).toMatchObject([{ state: 'TASK_FAILED' }])
    expect(wrong.ends).toMatchObject([{ state: 'TASK_ERROR' }])
    expect(dispatcher.all()).toEqual([])
  })

  it('that is killed while it waits for its next try ends at once', () => {
    const job = jobOf('A', { cpus: 1 }, 1)
    const { dispatcher } = dispatcherWith(job)
    dispatcher.offers([offerOf('O1', { cpus: 1 })])
    dispatcher.updates([statusOf('A', 'TASK_FAILED')])
    dispatcher.kill(job, undefined)
    expect(job.ends).toMatchObject([{ state: 'TASK_KILLED' }])
    expect(dispatcher.waiting).toBe(0)
  })

  it('hears nothing of an attempt that is over', () => {
    const job = jobOf('A', { cpus: 1 }, 1)
    const { dispatcher } = dispatcherWith(job)
    dispatcher.offers([offerOf('O1', { cpus: 1 })])
    dispatcher.updates([statusOf('A', 'TASK_FAILED'), statusOf('A', 'TASK_RUNNING')])
    expect(job.heard.at(-1)).toBe('TASK_FAILED')
  })
})

describe('Dispatcher: killing', () => {
  it('a launched job is asked to end, with the grace that was given', () => {
    const job = jobOf('A')
    const { dispatcher, said } = dispatcherWith(job)
    dispatcher.offers([offerOf('O1', { cpus: 1 })])
    said()
    dispatcher.kill(job, 250)
    expect(said()).toEqual([
      { type: 'call.kill', kills: [{ taskId: 'A', killPolicy: { gracePeriodMs: 250 } }] },
    ])
    expect(job.ends).toEqual([])
  })

  it('a job that ended is left alone', () => {
    const job = jobOf('A')
    const { dispatcher, said } = dispatcherWith(job)
    dispatcher.offers([offerOf('O1', { cpus: 1 })])
    dispatcher.updates([statusOf('A', 'TASK_FINISHED')])
    said()
    dispatcher.kill(job, undefined)
    expect(said()).toEqual([])
    expect(job.ends).toHaveLength(1)
  })

  it('abandoning ends waiting and launched jobs alike, each once', () => {
    const jobs = [jobOf('A'), jobOf('B')]
    const { dispatcher } = dispatcherWith(...jobs)
    dispatcher.offers([offerOf('O1', { cpus: 1 })])
    dispatcher.abandon('the master is gone')
    dispatcher.abandon('the master is gone')
    for (const { ends } of jobs) {
      expect(ends).toMatchObject([{ state: 'TASK_KILLED', message: 'the master is gone' }])
    }
  })
})
