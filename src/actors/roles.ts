import { agentMachine } from '../machines/agent.ts'
import { executorMachine } from '../machines/executor.ts'
import { createMasterMachine } from '../machines/master.ts'
import { schedulerMachine } from '../machines/scheduler.ts'
import type { AllocationPolicy } from '../model/allocation/policy.ts'
import type { Clock } from './ports.ts'
import { Role } from './role.ts'

/** The four roles of a cluster, each made ready once. */
export interface Roles {
  readonly master: Role
  readonly agent: Role
  readonly scheduler: Role
  readonly executor: Role
}

export function createRoles(clock: Pick<Clock, 'now'>, policy?: AllocationPolicy): Roles {
  return {
    master: new Role(createMasterMachine(policy), ['report'], clock),
    agent: new Role(
      agentMachine,
      ['launchExecutor', 'destroyExecutor', 'createVolumes', 'destroyVolumes', 'report'],
      clock,
    ),
    scheduler: new Role(schedulerMachine, ['notify'], clock),
    executor: new Role(
      executorMachine,
      ['startRun', 'resumeRun', 'stopRun', 'checkRun', 'observeRun'],
      clock,
    ),
  }
}
