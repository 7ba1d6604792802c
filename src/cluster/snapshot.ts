import type { Resources, TaskState, Unavailability } from '../messages/index.ts'
import type { Ledger } from '../model/ledger/ledger.ts'
import { keyOf, machineOf } from '../model/ledger/maintenance.ts'
import type { AgentRecord } from '../model/ledger/records.ts'
import { allocatedTo } from '../model/ledger/roles.ts'
import { toResources } from '../model/resources/quantities.ts'

/** How the cluster stands at one moment: plain data, safe to keep. */
export interface ClusterSnapshot {
  readonly agents: readonly AgentSnapshot[]
  readonly frameworks: readonly FrameworkSnapshot[]
  readonly offers: readonly OfferSnapshot[]
}

export interface AgentSnapshot {
  readonly id: string
  readonly name: string
  readonly state: string
  /** Whether an operator lets it be offered: `active`, `deactivated`, `draining`, `drained`. */
  readonly duty: string
  /** When its machine is to be worked on, if it is. */
  readonly unavailability?: Unavailability
  /** total = free + offered + used. */
  readonly total: Resources
  readonly free: Resources
  readonly offered: Resources
  readonly used: Resources
}

export interface FrameworkSnapshot {
  readonly id: string
  readonly name: string
  readonly roles: readonly string[]
  readonly state: string
  readonly suppressed: readonly string[]
  readonly allocated: Resources
  readonly tasks: readonly TaskSnapshot[]
}

/** Which task of whom holds what, on which agent. */
export interface TaskSnapshot {
  readonly id: string
  readonly name: string
  readonly agentId: string
  readonly state: TaskState
  readonly resources: Resources
}

export interface OfferSnapshot {
  readonly id: string
  readonly frameworkId: string
  readonly agentId: string
  readonly resources: Resources
}

/** How far maintenance is. */
export interface MaintenanceStatus {
  readonly draining: readonly DrainingMachine[]
  readonly down: readonly string[]
}

export interface DrainingMachine {
  readonly machine: string
  readonly unavailability: Unavailability
  /** The last answer of each framework that was asked whether it will have left in time. */
  readonly answers: readonly InverseAnswer[]
}

export interface InverseAnswer {
  readonly frameworkId: string
  readonly framework: string
  readonly agentId: string
  readonly status: 'ACCEPT' | 'DECLINE'
  /** Milliseconds since the epoch. */
  readonly atMs: number
}

export function snapshotOf(ledger: Ledger): ClusterSnapshot {
  return {
    agents: [...ledger.agents.values()].map((agent) => ({
      id: agent.id,
      name: agent.info.hostname,
      state: agent.state,
      duty: agent.duty.state,
      ...unavailabilityOf(ledger, agent),
      total: toResources(agent.total),
      free: toResources(agent.free),
      offered: toResources(agent.offered),
      used: toResources(agent.used),
    })),
    frameworks: [...ledger.frameworks.values()].map((framework) => ({
      id: framework.id,
      name: framework.info.name,
      roles: [...framework.info.roles],
      state: framework.state,
      suppressed: [...framework.suppressedRoles],
      allocated: toResources(allocatedTo(framework)),
      tasks: [...framework.tasks.values()].map(({ id, name, agentId, state, resources }) => ({
        id,
        name,
        agentId,
        state,
        resources: toResources(resources),
      })),
    })),
    offers: [...ledger.offers.values()].map(({ id, frameworkId, agentId, resources }) => ({
      id,
      frameworkId,
      agentId,
      resources: toResources(resources),
    })),
  }
}

function unavailabilityOf(ledger: Ledger, { info }: AgentRecord) {
  const machine = machineOf(ledger, info.hostname)
  return machine && { unavailability: { ...machine.unavailability } }
}

export function maintenanceStatusOf(ledger: Ledger): MaintenanceStatus {
  const machines = [...ledger.machines.values()]
  return {
    draining: machines
      .filter(({ mode }) => mode === 'DRAINING')
      .map(({ hostname, unavailability }) => ({
        machine: hostname,
        unavailability: { ...unavailability },
        answers: [...ledger.agents.values()]
          .filter(({ info }) => keyOf(info.hostname) === keyOf(hostname))
          .flatMap((agent) => answersOn(ledger, agent)),
      })),
    down: machines.filter(({ mode }) => mode === 'DOWN').map(({ hostname }) => hostname),
  }
}

function answersOn(ledger: Ledger, { id: agentId, notices }: AgentRecord): InverseAnswer[] {
  return [...notices].flatMap(([frameworkId, { answer }]) => {
    const framework = ledger.frameworks.get(frameworkId)
    if (answer === undefined || framework === undefined) return []
    return [{ frameworkId, framework: framework.info.name, agentId, ...answer }]
  })
}
