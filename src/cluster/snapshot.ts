import type { Resources, TaskState } from '../messages/index.ts'
import type { Ledger } from '../model/ledger/ledger.ts'
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

export function snapshotOf(ledger: Ledger): ClusterSnapshot {
  return {
    agents: [...ledger.agents.values()].map((agent) => ({
      id: agent.id,
      name: agent.info.hostname,
      state: agent.state,
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
