import type { Address } from '../../messages/index.ts'
import { agentAt } from '../ledger/ledger.ts'
import { pingSlices } from '../timeouts.ts'
import { loseAgent } from './agents.ts'
import { tellDrain } from './duty.ts'
import type { MasterStep } from './step.ts'

/**
 * Asks one slice of the agents for a sign of life, the next slice next time, so that no turn is
 * busy with all of them; and gives up those that answered none of their last pings. An agent that
 * it calls disconnected, or that missed something, learns so from the ping and registers anew.
 */
export function pingAgents(step: MasterStep): void {
  const { book, turn } = step
  const { pingsMissedMax } = book.timeouts
  const slot = book.pingSlot
  book.pingSlot = (slot + 1) % pingSlices
  for (const agent of book.pingSlices[slot] ?? []) {
    if (agent.state !== 'connected' && agent.state !== 'disconnected') continue
    if (agent.pingsMissed >= pingsMissedMax) {
      loseAgent(step, agent, 'agent.pingsMissed', `${pingsMissedMax} pings were not answered`)
      continue
    }
    agent.pingsMissed++
    const connected = agent.state === 'connected'
    turn.send(agent.address, { type: 'lifecycle.ping', connected, sent: agent.sent })
    tellDrain(step, agent)
  }
}

/** A sign of life. */
export function notePong(step: MasterStep, { from }: { from: Address }): void {
  const agent = agentAt(step.book, from)
  if (agent !== undefined) agent.pingsMissed = 0
}

/** Proves to every connected scheduler that the master lives. */
export function beat(step: MasterStep): void {
  for (const framework of step.book.frameworks.values()) {
    if (framework.state !== 'connected') continue
    step.turn.send(framework.address, { type: 'lifecycle.heartbeat' })
  }
}
