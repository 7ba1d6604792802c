/**
 * How a framework fares that waits for its share of a busy cluster, in closed form: the analysis
 * of Hindman et al., "Mesos: A Platform for Fine-Grained Resource Sharing in the Data Center",
 * NSDI 2011, section 4 and table 2, whose logarithms are harmonic numbers here and whose bound for
 * elastic frameworks is an equation.
 */
import { InvalidInputError } from '../../model/errors.ts'

/** A job that starts when others' tasks hold all slots, and gets each slot as it falls free. */
export interface WaitingJob {
  /** How many slots the framework is due. */
  readonly slots: number
  /** The job's work for each slot, in mean task times: with all slots at once it takes so long. */
  readonly work: number
  /** The mean run time of the tasks that hold the slots. */
  readonly taskTimeMs: number
  /** Whether tasks all take the same time, or exponentially distributed times. */
  readonly durations: 'constant' | 'exponential'
  /** An elastic framework uses each slot as it comes; a rigid one needs all before it starts. */
  readonly kind: 'elastic' | 'rigid'
}

export interface WaitingJobForecast {
  /** The expected time until the framework has all its slots. */
  readonly rampUpMs: number
  /**
   * The expected time until the job is done. Exact for rigid frameworks; for elastic ones the
   * limit of many slots (with 100 slots the mean is less than 1 % from it).
   */
  readonly completionMs: number
  /** The expected work over the expected slot time held for it, from 0 to 1. */
  readonly utilisation: number
}

/** What to expect of a job. Throws InvalidInputError for numbers that are not above zero. */
export function forecastWaitingJob(job: WaitingJob): WaitingJobForecast {
  const { slots, work, taskTimeMs, durations, kind } = job
  if (!Number.isInteger(slots) || !(slots > 0 && work > 0 && taskTimeMs > 0)) {
    throw new InvalidInputError('a job has 1 or more slots, and work and task time above 0')
  }
  const rampUp = durations === 'constant' ? uniformMaximum(slots) : harmonicNumber(slots)
  // The first slots wait for the last: the mean wait for a slot counts from when each came.
  const meanArrival = durations === 'constant' ? 1 / 2 : 1
  const completion = {
    elastic: durations === 'constant' ? constantCompletion(work) : exponentialCompletion(work),
    rigid: rampUp + work,
  }
  return {
    rampUpMs: rampUp * taskTimeMs,
    completionMs: completion[kind] * taskTimeMs,
    utilisation: kind === 'elastic' ? 1 : work / (work + rampUp - meanArrival),
  }
}

/**
 * 1 + 1/2 + … + 1/n: the expected largest of n exponential times with mean 1. The paper's ln n is
 * smaller by more than Euler's constant, which at 100 slots is a tenth of it.
 */
export function harmonicNumber(n: number): number {
  let sum = 0
  // The small ones first, or they would be rounded away.
  for (let k = n; k >= 1; k--) sum += 1 / k
  return sum
}

/** The expected largest of n times evenly spread between 0 and 1: what is left of the tasks. */
function uniformMaximum(n: number): number {
  return n / (n + 1)
}

/** Until time 1 the slots arrive evenly, so that by time c they have done c²/2 each. */
function constantCompletion(work: number): number {
  return work < 1 / 2 ? Math.sqrt(2 * work) : 1 / 2 + work
}

/** Solves c = work + 1 − e^(−c): by the time c, a slot was waited for 1 − e^(−c) on average. */
function exponentialCompletion(work: number): number {
  // The function whose zero this is rises and is convex, so that Newton's steps from above come
  // down to it and never pass it.
  let completion = 1 + work
  for (;;) {
    const excess = completion - work + Math.expm1(-completion)
    const next = completion - excess / -Math.expm1(-completion)
    if (!(next < completion)) return completion
    completion = next
  }
}
