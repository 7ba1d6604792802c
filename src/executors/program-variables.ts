import { agentVariables, durationOf } from './environment.ts'
import type { ProgramOrder } from './programs.ts'

/** How long a program waits for its agent to come back before it gives up, as in Mesos: 15 min. */
const recoveryTimeoutMs = 900_000

/** What Mesos tells an executor about itself (docs/executor-http-api.md, Executor environment). */
export function programVariables(
  order: ProgramOrder,
  sandbox: string,
  subscriptionBackoffMaxMs: number,
): Record<string, string> {
  const { agentId, checkpoint, graceMs } = order.program
  return {
    MESOS_FRAMEWORK_ID: order.frameworkId,
    MESOS_EXECUTOR_ID: order.executorId,
    MESOS_SANDBOX: sandbox,
    MESOS_DIRECTORY: sandbox,
    ...agentVariables(agentId, checkpoint),
    MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: durationOf(graceMs),
    ...(checkpoint && {
      MESOS_RECOVERY_TIMEOUT: durationOf(recoveryTimeoutMs),
      MESOS_SUBSCRIPTION_BACKOFF_MAX: durationOf(subscriptionBackoffMaxMs),
    }),
  }
}
