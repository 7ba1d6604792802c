import type { Address, AgentInfo } from '../../messages/index.ts'
import { toQuantities } from '../resources/quantities.ts'
import { pingSlices } from '../timeouts.ts'
import type { Ledger } from './ledger.ts'
import type { AgentRecord } from './records.ts'

/** Who an agent is, and where it stands. */
export type NewAgent = Pick<AgentRecord, 'id' | 'state' | 'duty'> & {
  readonly address: Address
  readonly info: AgentInfo
  readonly instance?: string
}

/** An agent in the book of which nothing counts yet. */
export function enterAgent(ledger: Ledger, { id, address, info, ...rest }: NewAgent): AgentRecord {
  const agent: AgentRecord = {
    ...rest,
    id,
    address,
    info,
    attributes: info.attributes ?? {},
    total: toQuantities(info.resources),
    free: toQuantities(info.resources),
    offered: {},
    used: {},
    offers: new Set(),
    tasks: new Set(),
    executors: new Map(),
    killed: new Map(),
    operations: new Map(),
    filters: new Map(),
    settled: undefined,
    abandoned: new Map(),
    notices: new Map(),
    pingsMissed: 0,
    sent: 0,
    pingSlot: ledger.agents.size % pingSlices,
  }
  ledger.agents.set(id, agent)
  ledger.pingSlices[agent.pingSlot]?.add(agent)
  ledger.agentAt.set(address, id)
  if (agent.duty.state !== 'active') ledger.offDuty.add(agent)
  return agent
}
