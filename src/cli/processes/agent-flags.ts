import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Timeouts } from '../../model/timeouts.ts'
import { parseDuration, parseTruth } from '../options.ts'

/** What the flags of whatever has an agent in it say. */
export interface AgentGiven {
  readonly recover?: 'reconnect' | 'cleanup'
  readonly authenticateExecutors?: boolean
  readonly switchUser?: boolean
  readonly executorRegistrationTimeout?: number
  readonly executorReregistrationTimeout?: number
  readonly executorShutdownGracePeriod?: number
}

/** The agent is not back before its executors are, or are given up (Mesos: MAX_EXECUTOR_…). */
const reregistrationMaxMs = 15_000

/** Adds the flags of whatever has an agent in it. */
export function withAgentFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--recover <how>', 'what becomes of tasks that an earlier process left')
        .choices(['reconnect', 'cleanup'])
        .default('reconnect'),
    )
    .option(
      '--switch-user <yes>',
      'as root: run commands as the user they ask for, else that of their framework (true)',
      parseTruth,
    )
    .option('--no-switch-user', 'run all as the user of this process')
    .option('--authenticate-executors', 'executors have to show the token they are started with')
    .option(
      '--executor-registration-timeout <time>',
      'how long executors may take to register (1m)',
      parseDuration,
    )
    .option(
      '--executor-reregistration-timeout <time>',
      'how long executors may take to come back to an agent that was restarted (2s)',
      parseReregistration,
    )
    .option(
      '--executor-shutdown-grace-period <time>',
      'how long executors may take to end (5s)',
      parseDuration,
    )
}

function parseReregistration(text: string): number {
  const duration = parseDuration(text)
  if (duration <= reregistrationMaxMs) return duration
  throw new InvalidArgumentError('expected a duration of at most 15s')
}

/** The timeouts among what the flags say. */
export function agentTimeoutsOf(given: AgentGiven): Partial<Timeouts> {
  const {
    executorRegistrationTimeout: registers,
    executorReregistrationTimeout: returns,
    executorShutdownGracePeriod: grace,
  } = given
  return {
    ...(registers !== undefined && { executorRegistrationTimeoutMs: registers }),
    ...(returns !== undefined && { executorReregistrationTimeoutMs: returns }),
    ...(grace !== undefined && { executorShutdownGraceMs: grace }),
  }
}
