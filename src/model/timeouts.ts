/**
 * Every delay of the protocol, in milliseconds, in this one place, and how many silences count.
 * Each default is that of Mesos (src/master/constants.hpp, src/slave/constants.hpp) unless the
 * comment says otherwise.
 */
export interface Timeouts {
  /**
   * Rest between an event that frees resources and the offers for them: the turn's other events.
   */
  readonly allocationDelayMs: number
  /** The pool is looked at this often even when nothing happens, because filters end silently. */
  readonly allocationIntervalMs: number
  /**
   * An unanswered offer is rescinded. Mesos never does by default; a hoarder would starve others.
   */
  readonly offerTimeoutMs: number
  /** The master proves its life to schedulers this often. */
  readonly heartbeatIntervalMs: number
  /** A scheduler that heard nothing for five heartbeats registers again. */
  readonly masterSilenceMs: number
  /** The master asks every agent for a sign of life this often. */
  readonly pingIntervalMs: number
  /** This many pings in a row may go unanswered before an agent is unreachable: a number. */
  readonly pingsMissedMax: number
  /** An agent that heard no ping for as long as five pings take registers again. */
  readonly pingSilenceMs: number
  /** A disconnected agent that does not return becomes unreachable. Mesos allows no less. */
  readonly agentReregistrationTimeoutMs: number
  /** Upper bound of the first random registration delay; doubled at each further try. */
  readonly registrationBackoffMs: number
  /** The most that registration waits between tries. */
  readonly registrationBackoffMaxMs: number
  /** An executor that was launched must register within this time. */
  readonly executorRegistrationTimeoutMs: number
  /**
   * An executor that is a program must register again within this time after the process of its
   * agent was started anew (Mesos: EXECUTOR_REREGISTRATION_TIMEOUT in src/slave/constants.hpp).
   */
  readonly executorReregistrationTimeoutMs: number
  /** An executor that was told to shut down is destroyed after this time. */
  readonly executorShutdownGraceMs: number
  /** A task that was asked to end is forced after this time. */
  readonly killGraceMs: number
  /** An unacknowledged update is sent again after this time, then after twice as long, … */
  readonly updateRetryMinMs: number
  /** … but at least this often. */
  readonly updateRetryMaxMs: number
  /**
   * The end of a task is told at once when the update before it waits for as long as this, so that
   * resources are free. Mesos tells it with the next retry.
   */
  readonly latestStateDelayMs: number
  /**
   * A question about tasks that nobody answered is asked again after this time, then after twice
   * as long, … Mesos leaves it to schedulers, and asks for a truncated exponential back-off
   * (docs/reconciliation.md). The master answers from memory: what takes longer was lost.
   */
  readonly reconciliationRetryMinMs: number
  /** … but at least this often; an agent has ten minutes to come back after its master failed. */
  readonly reconciliationRetryMaxMs: number
  /** A scheduler compares its tasks with the master's this often, as Mesos' documents advise. */
  readonly reconciliationIntervalMs: number
}

/** Those that timers wait for. */
export type DelayName = Exclude<keyof Timeouts, 'pingsMissedMax'>

/** Pings go to this many slices of the agents in turn; each agent gets one per ping interval. */
export const pingSlices = 15

export const defaultTimeouts: Timeouts = {
  allocationDelayMs: 0,
  allocationIntervalMs: 1_000,
  offerTimeoutMs: 30_000,
  heartbeatIntervalMs: 15_000,
  masterSilenceMs: 75_000,
  pingIntervalMs: 15_000,
  pingsMissedMax: 5,
  pingSilenceMs: 75_000,
  agentReregistrationTimeoutMs: 600_000,
  registrationBackoffMs: 1_000,
  registrationBackoffMaxMs: 60_000,
  executorRegistrationTimeoutMs: 60_000,
  executorReregistrationTimeoutMs: 2_000,
  executorShutdownGraceMs: 5_000,
  killGraceMs: 3_000,
  updateRetryMinMs: 10_000,
  updateRetryMaxMs: 600_000,
  latestStateDelayMs: 1_000,
  reconciliationRetryMinMs: 5_000,
  reconciliationRetryMaxMs: 300_000,
  reconciliationIntervalMs: 900_000,
}
