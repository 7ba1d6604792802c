import type { RegisterAgent, ReregisterAgent } from '../../messages/lifecycle.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { machineOf } from '../ledger/maintenance.ts'
import type { From, MasterStep } from './step.ts'

type Call = From<RegisterAgent> | From<ReregisterAgent>

/** Whether an operator has shut this agent out. */
export function isShutOut(book: Ledger, call: Call): boolean {
  return bars(book, call) !== undefined
}

/** It is told to end; it must not try again for ever. */
export function shutOut({ book, turn }: MasterStep, call: Call): void {
  const message = `refused: ${bars(book, call) ?? 'an operator says so'}`
  turn.send(call.from, { type: 'lifecycle.shutdown', message })
}

function bars(book: Ledger, call: Call): string | undefined {
  if (call.type === 'lifecycle.reregisterAgent' && book.goneAgents.has(call.agentId)) {
    return `agent ${call.agentId} was declared gone`
  }
  const machine = machineOf(book, call.agent.hostname)
  return machine?.mode === 'DOWN' ? `the machine ${machine.hostname} is down` : undefined
}
