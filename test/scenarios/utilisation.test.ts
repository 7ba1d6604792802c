import { describe, expect, test } from 'vitest'
import type { Offer, TaskInfo } from '../../src/messages/index.ts'
import { priorityPolicy } from '../../src/model/allocation/policies.ts'
import { nextRandom } from '../../src/model/random.ts'
import {
  forecastWaitingJob,
  type WaitingJob,
  type WaitingJobForecast,
} from '../../src/simulation/fairness/utilisation.ts'
import type { FakeScheduler } from '../support/fake-scheduler.ts'
import { isLong } from '../support/long.ts'
import { Stage } from '../support/stage.ts'
import { createTimedRunner, labelledMs } from '../support/timed-runner.ts'

/**
 * The analysis of the paper (Hindman et al., NSDI 2011, §4, Table 2), reproduced by the running
 * actors: real master, agents and executors on virtual time.
 *
 * A job is due `k` slots, and others hold all of them when it comes. Its work is `βkT`, where `T` is
 * the mean time of a task. Others' tasks end one after the other: constant ones were begun at any
 * time, so what is left of each is uniform between 0 and `T`; exponential ones have no memory, so
 * what is left of each is again exponential. Each slot that comes free goes to the job, which the
 * others have to let pass (it has priority). An elastic job works with as many slots as it has: a
 * worker on each takes from one heap of work, until that is empty and all end together. A rigid job
 * holds its slots with idle workers until it has all `k`, and then works for `βT`.
 *
 * The paper's formulas are approximations in places; `forecastWaitingJob` has the exact ones.
 *
 * The runs of one variant are a stratified sample: the time of the last slot to come free, on which
 * rigid jobs depend, is drawn in run `i` of `n` from the `i`-th of `n` equally likely ranges.
 */
const slots = 100
const slotsPerAgent = 10
const taskTimeMs = 1_000
const work = 1
const runs = isLong ? 12 : 6

type Durations = WaitingJob['durations']
type Kind = WaitingJob['kind']

class Random {
  #seed = 1

  next(): number {
    const { value, seed } = nextRandom(this.#seed)
    this.#seed = seed
    return value
  }
}

/** How long each slot stays taken, in milliseconds. */
function residuals(random: Random, run: number, durations: Durations): number[] {
  const last = ((run + random.next()) / runs) ** (1 / slots)
  const quantiles = Array.from({ length: slots }, () => last * random.next())
  quantiles[Math.floor(random.next() * slots)] = last
  return quantiles.map((quantile) =>
    durations === 'constant' ? taskTimeMs * quantile : -taskTimeMs * Math.log(1 - quantile),
  )
}

/** The job: counts its slots, does its work, and leaves all at once when it is done. */
class JobScheduler {
  /** When it got each slot, in milliseconds from its arrival. */
  grantedAt: number[] = []
  completedAt: number | undefined
  readonly #stage: Stage
  readonly #kind: Kind
  readonly #scheduler: FakeScheduler
  readonly #workers: string[] = []
  #arrivedAt = 0
  #workLeft = 0
  #countedAt = 0
  #launched = 0
  #completion: ReturnType<Stage['clock']['setTimer']> | undefined

  constructor(stage: Stage, kind: Kind) {
    this.#stage = stage
    this.#kind = kind
    this.#scheduler = stage.scheduler('job')
    this.#scheduler.say({ type: 'allocation.suppress' })
    this.#scheduler.answer = (offer) => this.#take(offer)
  }

  arrive(): void {
    this.grantedAt = []
    this.completedAt = undefined
    this.#arrivedAt = this.#stage.clock.now()
    this.#countedAt = 0
    this.#workLeft = work * slots * taskTimeMs
    this.#scheduler.say({ type: 'allocation.revive' })
  }

  get #now(): number {
    return this.#stage.clock.now() - this.#arrivedAt
  }

  get #active(): number {
    const isReady = this.#kind === 'elastic' || this.#workers.length === slots
    return isReady ? this.#workers.length : 0
  }

  #take(offer: Offer): void {
    this.#count()
    const tasks = tasksOn(offer, () => `worker-${++this.#launched}`)
    for (const { taskId } of tasks) {
      this.#workers.push(taskId)
      this.grantedAt.push(this.#now)
    }
    this.#scheduler.launch(offer, tasks)
    const { clock } = this.#stage
    if (this.#completion !== undefined) clock.clearTimer(this.#completion)
    if (this.#active === 0) return
    this.#completion = clock.setTimer(() => this.#complete(), this.#workLeft / this.#active)
  }

  /** Work that was done since it was counted last. */
  #count(): void {
    this.#workLeft -= this.#active * (this.#now - this.#countedAt)
    this.#countedAt = this.#now
  }

  #complete(): void {
    this.completedAt = this.#now
    const kills = this.#workers.splice(0).map((taskId) => ({ taskId }))
    this.#scheduler.say({ type: 'allocation.suppress' })
    this.#scheduler.say({ type: 'task.kill', kills })
  }
}

/** A task for each cpu of the offer; with a time, if there is one, and until it is killed, if not. */
function tasksOn(offer: Offer, idOf: () => string, msOf?: () => number | undefined): TaskInfo[] {
  return Array.from({ length: Number(offer.resources.cpus) }, () => {
    const [taskId, ms] = [idOf(), msOf?.()]
    return {
      taskId,
      name: taskId,
      agentId: offer.agentId,
      resources: { cpus: 1 },
      executor: { executorId: 'slots', type: 'FUNCTION' },
      ...(ms !== undefined && { labels: { ms: String(ms) } }),
    }
  })
}

/** All slots are taken by others, for as long as they say; returns when that is so. */
function takeAll(others: FakeScheduler, stage: Stage, times: number[]): void {
  let count = 0
  const run = stage.clock.now()
  others.answer = (offer) =>
    others.launch(
      offer,
      tasksOn(
        offer,
        () => `other-${run}-${++count}`,
        () => times.pop(),
      ),
    )
  others.say({ type: 'allocation.revive' })
  stage.settle()
  others.say({ type: 'allocation.suppress' })
  expect(count).toBe(slots)
}

/** Averages over all runs. */
function measure(kind: Kind, durations: Durations): WaitingJobForecast {
  const random = new Random()
  const stage = new Stage(
    {},
    {
      policy: priorityPolicy,
      ledger: { priorities: new Map([['job', 1]]) },
      isLong: true,
      runner: (clock, calls) => createTimedRunner(clock, calls, labelledMs),
    },
  )
  const job = new JobScheduler(stage, kind)
  const others = stage.scheduler('others')
  others.say({ type: 'allocation.suppress' })
  stage.agents(slots / slotsPerAgent, { cpus: slotsPerAgent })
  let [rampUp, completion, held] = [0, 0, 0]
  for (let run = 0; run < runs; run++) {
    takeAll(others, stage, residuals(random, run, durations))
    job.arrive()
    while (job.completedAt === undefined || stage.ledger.unreserved.cpus !== freeCpus(stage)) {
      stage.advance(taskTimeMs)
    }
    rampUp += Math.max(...job.grantedAt)
    completion += job.completedAt
    for (const grantedAt of job.grantedAt) held += job.completedAt - grantedAt
  }
  stage.check()
  return {
    rampUpMs: rampUp / runs,
    completionMs: completion / runs,
    utilisation: (work * slots * taskTimeMs * runs) / held,
  }
}

function freeCpus({ ledger }: Stage): number {
  let sum = 0
  for (const { free } of ledger.agents.values()) sum += Number(free.cpus ?? 0)
  return sum
}

function expectWithin(found: number, expected: number, part: number, what: string): void {
  const off = Math.abs(found / expected - 1)
  expect(off, `${what} is ${found}, expected ${expected}`).toBeLessThan(part)
}

/** Of fewer runs the average is further off. */
const tolerance = isLong ? 0.02 : 0.03

describe('Utilisation: a job that is due 100 slots and works one task time on each', {
  timeout: 30_000,
}, () => {
  test.each([
    ['elastic', 'constant', '1.50 T'],
    ['elastic', 'exponential', '1.84 T'],
    ['rigid', 'constant', '1.99 T, and 67.1 % are used'],
    ['rigid', 'exponential', '6.19 T, and 19.3 % are used'],
  ] as const)('%s, %s tasks: it is done after %s', (kind, durations, _title) => {
    const exact = forecastWaitingJob({ slots, work, taskTimeMs, durations, kind })
    const found = measure(kind, durations)
    expectWithin(found.completionMs, exact.completionMs, tolerance, 'completion')
    expectWithin(found.utilisation, exact.utilisation, tolerance, 'utilisation')
    // Elastic jobs among exponential tasks are done before the last slots come free.
    if (kind === 'elastic' && durations === 'exponential') return
    expectWithin(found.rampUpMs, exact.rampUpMs, tolerance, 'ramp-up')
  })
})
