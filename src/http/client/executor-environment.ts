import { InvalidInputError } from '../../model/errors.ts'
import type { ClientOptions, Server } from './server.ts'

/** What an agent tells the executors that it starts, by variables. */
export interface ExecutorEnvironment {
  readonly server: Server
  readonly frameworkId: string
  readonly executorId: string
  /** Its folder, if it was told. */
  readonly sandbox?: string
  /** Whether it is to outlive the process of its agent. */
  readonly checkpoint: boolean
  /** How long it waits for its agent to come back. */
  readonly recoveryTimeoutMs: number
  /** The longest random wait before it tries to that its agent allows. */
  readonly subscriptionBackoffMaxMs: number
  /** How long it has to end when it is asked to. */
  readonly shutdownGraceMs: number
}

/** The variables of one process. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Mesos' defaults (src/slave/constants.hpp). */
const defaults = { recovery: '15mins', backoff: '2secs', grace: '5secs' } as const

/**
 * Reads the variables (Mesos: docs/executor-http-api.md, Executor environment). Throws
 * InvalidInputError where one is missing that every agent sets.
 */
export function environmentOf(
  variables: Variables,
  { ca }: Pick<ClientOptions, 'ca'>,
): ExecutorEnvironment {
  const endpoint = requiredIn(variables, 'MESOS_AGENT_ENDPOINT')
  const scheme = /^(?:1|true)$/i.test(variables.LIBPROCESS_SSL_ENABLED ?? '') ? 'https' : 'http'
  const text = `${scheme}://${endpoint}/api/v1/executor`
  if (!URL.canParse(text)) {
    throw new InvalidInputError(`MESOS_AGENT_ENDPOINT is ${endpoint}; expected ip:port`)
  }
  const token = variables.MESOS_EXECUTOR_AUTHENTICATION_TOKEN
  const sandbox = variables.MESOS_SANDBOX ?? variables.MESOS_DIRECTORY
  const { recovery, backoff, grace } = defaults
  return {
    server: {
      url: new URL(text),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(ca !== undefined && { ca }),
    },
    frameworkId: requiredIn(variables, 'MESOS_FRAMEWORK_ID'),
    executorId: requiredIn(variables, 'MESOS_EXECUTOR_ID'),
    ...(sandbox !== undefined && { sandbox }),
    checkpoint: variables.MESOS_CHECKPOINT === '1',
    recoveryTimeoutMs: durationIn(variables, 'MESOS_RECOVERY_TIMEOUT', recovery),
    subscriptionBackoffMaxMs: durationIn(variables, 'MESOS_SUBSCRIPTION_BACKOFF_MAX', backoff),
    shutdownGraceMs: durationIn(variables, 'MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD', grace),
  }
}

function requiredIn(variables: Variables, name: string): string {
  const value = variables[name]
  if (value !== undefined && value !== '') return value
  throw new InvalidInputError(`${name} is not set: an executor is started by an agent, which does`)
}

const msOf: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  secs: 1_000,
  mins: 60_000,
  hrs: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
}

/** A duration as Mesos writes it: `5secs`, `1.5mins`. */
function durationIn(variables: Variables, name: string, otherwise: string): number {
  const text = variables[name] ?? otherwise
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text) ?? []
  const length = msOf[unit]
  if (amount !== undefined && length !== undefined) return Number(amount) * length
  throw new InvalidInputError(`${name} is ${text}; expected a duration, such as 5secs or 15mins`)
}
