import type { Ledger } from '../ledger/ledger.ts'
import type { AgentRecord } from '../ledger/records.ts'
import { loseAgent } from './agents.ts'
import { keepGone } from './keep.ts'
import type { MasterStep } from './step.ts'

/** Nobody waits for an agent any longer, as in Mesos (`--registry_max_agent_age`). */
export const outdatedAfterMs = 14 * 24 * 60 * 60 * 1_000

/** So many unreachable agents are remembered, as in Mesos (`--registry_max_agent_count`). */
export const unreachableAgentsMax = 102_400

/**
 * Unreachable agents that never came back are forgotten, and who was declared gone, so that the
 * registry does not grow for ever; looked at once per ping interval, where Mesos takes 15 min. One
 * that comes back even later is admitted like any that this master does not know, with its tasks.
 */
export function forgetOutdated(step: MasterStep): void {
  const { book } = step
  if (book.pingSlot !== 0) return
  const before = step.turn.at - outdatedAfterMs
  const away = awayIn(book).sort((one, two) => one.at - two.at)
  const excess = away.length - unreachableAgentsMax
  for (const [index, { agent, at }] of away.entries()) {
    if (at > before && index >= excess) break
    loseAgent(step, agent, 'agent.unregistered', 'it was unreachable for too long')
  }
  for (const { id, goneAtMs } of book.goneAgents.values()) {
    if (goneAtMs > before) break
    book.goneAgents.delete(id)
    keepGone(step, id)
  }
}

/** A plain loop: it looks at every agent, and hardly any is away. */
function awayIn({ agents }: Ledger): { readonly agent: AgentRecord; readonly at: number }[] {
  const away: { agent: AgentRecord; at: number }[] = []
  for (const agent of agents.values()) {
    const { state, unreachableTimeMs: at } = agent
    if (state === 'unreachable' && at !== undefined) away.push({ agent, at })
  }
  return away
}
