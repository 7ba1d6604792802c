import { describe, expect, test } from 'vitest'
import type { Offer, TaskInfo } from '../../src/messages/index.ts'
import { priorityPolicy } from '../../src/model/allocation/policies.ts'
import { nextRandom } from '../../src/model/random.ts'
import type { FakeScheduler } from '../support/fake-scheduler.ts'
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
 * The paper's formulas are approximations in places. The exact expectations are tested: the last of
 * `k` uniform times is `k/(k+1)`, the last of `k` exponential ones is the harmonic number `H(k)`,
 * not `ln k`, and an elastic job on exponential slots needs the `C` with `C = β + 1 − exp(−C)`.
 *
 * The runs of one variant are a stratified sample: the time of the last slot to come free, on which
 * rigid jobs depend, is drawn in run `i` of `n` from the `i`-th of `n` equally likely ranges.
 */
const slots = 100
const slotsPerAgent = 10
const taskMs = 1_000
const work = 1
const runs = 12

type Distribution = 'constant' | 'exponential'
type Kind = 'elastic' | 'rigid'

/** Averages over all runs, in units of the mean task time. */
interface Result {
  readonly rampUp: number
  readonly completion: number
  /** Work over the time for which slots were held. */
  readonly utilisation: number
}

class Random {
  #seed = 1

  next(): number {
    const { value, seed } = nextRandom(this.#seed)
    this.#seed = seed
    return value
  }
}

/** How long each slot stays taken, in milliseconds. */
function residuals(random: Random, run: number, distribution: Distribution): number[] {
  const last = ((run + random.next()) / runs) ** (1 / slots)
  const quantiles = Array.from({ length: slots }, () => last * random.next())
  quantiles[Math.floor(random.next() * slots)] = last
  return quantiles.map((quantile) =>
    distribution === 'constant' ? taskMs * quantile : -taskMs * Math.log(1 - quantile),
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
    this.#workLeft = work * slots * taskMs
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

function measure(kind: Kind, distribution: Distribution): Result {
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
    takeAll(others, stage, residuals(random, run, distribution))
    job.arrive()
    while (job.completedAt === undefined || stage.ledger.unreserved.cpus !== freeCpus(stage)) {
      stage.advance(taskMs)
    }
    rampUp += Math.max(...job.grantedAt)
    completion += job.completedAt
    for (const grantedAt of job.grantedAt) held += job.completedAt - grantedAt
  }
  stage.check()
  return {
    rampUp: rampUp / runs / taskMs,
    completion: completion / runs / taskMs,
    utilisation: (work * slots * taskMs * runs) / held,
  }
}

function freeCpus({ ledger }: Stage): number {
  let sum = 0
  for (const { free } of ledger.agents.values()) sum += Number(free.cpus ?? 0)
  return sum
}

const harmonic = Array.from({ length: slots }, (_, index) => 1 / (index + 1)).reduce(
  (a, b) => a + b,
)

/** The `C` with `C = β + 1 − exp(−C)`, to which this converges. */
function elasticExponential(): number {
  let completion = work
  for (let step = 0; step < 100; step++) completion = work + 1 - Math.exp(-completion)
  return completion
}

function expectWithin(found: number, expected: number, part: number, what: string): void {
  const off = Math.abs(found / expected - 1)
  expect(off, `${what} is ${found}, expected ${expected}`).toBeLessThan(part)
}

describe('Utilisation: a job that is due 100 slots, with work for one task time on each', () => {
  test.each<[Kind, Distribution, string, Result]>([
    [
      'elastic',
      'constant',
      '1.50 T',
      { rampUp: slots / (slots + 1), completion: 1 / 2 + work, utilisation: 1 },
    ],
    [
      'elastic',
      'exponential',
      '1.84 T',
      // It is done before the last slots come free, so it never has them all.
      { rampUp: Number.NaN, completion: elasticExponential(), utilisation: 1 },
    ],
    [
      'rigid',
      'constant',
      '1.99 T, and 67.1 % are used',
      {
        rampUp: slots / (slots + 1),
        completion: slots / (slots + 1) + work,
        utilisation: work / (slots / (slots + 1) - 1 / 2 + work),
      },
    ],
    [
      'rigid',
      'exponential',
      '6.19 T, and 19.3 % are used',
      {
        rampUp: harmonic,
        completion: harmonic + work,
        utilisation: work / (harmonic - 1 + work),
      },
    ],
  ])('%s, %s tasks: it is done after %s', (kind, distribution, _title, exact) => {
    const found = measure(kind, distribution)
    expectWithin(found.completion, exact.completion, 0.02, 'completion')
    expectWithin(found.utilisation, exact.utilisation, 0.02, 'utilisation')
    if (!Number.isNaN(exact.rampUp)) expectWithin(found.rampUp, exact.rampUp, 0.02, 'ramp-up')
  })
})
