import type { Address, Message } from '../../messages/index.ts'
import { agentAt, type Ledger } from '../ledger/ledger.ts'
import { callsIn } from '../tally.ts'

/**
 * Counts what an agent is sent. The count goes along with pings, and an agent that has heard less
 * registers again, which compares both books (Mesos trusts the connection, and waits for ever).
 */
export function noteSent(ledger: Ledger, to: Address, message: Message): void {
  const calls = callsIn(message)
  if (calls === 0) return
  const agent = agentAt(ledger, to)
  if (agent !== undefined) agent.sent += calls
}
