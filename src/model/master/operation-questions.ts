import type { OperationStatus } from '../../messages/index.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** An operation that a framework asks about. */
export interface OperationQuestion {
  readonly operationId: string
  readonly agentId?: string
}

/**
 * What the master knows of a framework's operations: of those that it asks about, or, when it asks
 * about none, of all (Mesos: src/master/master.cpp, reconcileOperations). Those that are over are
 * not known any more: what became of them was told.
 */
export function operationStatuses(
  ledger: Ledger,
  frameworkId: string,
  questions: readonly OperationQuestion[],
): OperationStatus[] {
  const pending = pendingOf(ledger, frameworkId)
  if (questions.length === 0) return [...pending.values()]
  return questions.map(
    ({ operationId, agentId }) =>
      pending.get(operationId) ?? {
        operationId,
        state: stateElsewhere(ledger, agentId),
        ...(agentId !== undefined && { agentId }),
      },
  )
}

function pendingOf({ agents }: Ledger, asker: string): Map<string, OperationStatus> {
  const pending = new Map<string, OperationStatus>()
  for (const { id: agentId, operations } of agents.values()) {
    for (const { frameworkId, operation } of operations.values()) {
      const { operationId } = operation
      if (frameworkId !== asker || operationId === undefined) continue
      pending.set(operationId, { operationId, agentId, state: 'OPERATION_PENDING' })
    }
  }
  return pending
}

/** What can be said of an operation that is in no book: only how its agent stands. */
function stateElsewhere(ledger: Ledger, agentId = ''): OperationStatus['state'] {
  const fate = fateOfOperations(ledger, agentId)
  if (fate !== undefined) return fate
  const isRecovered = ledger.agents.get(agentId)?.state === 'recovered'
  return isRecovered ? 'OPERATION_RECOVERING' : 'OPERATION_UNKNOWN'
}

/** What became of the operations of an agent that is out of reach or gone, if it is. */
export function fateOfOperations(
  { goneAgents, agents }: Ledger,
  agentId: string,
): OperationStatus['state'] | undefined {
  if (goneAgents.has(agentId)) return 'OPERATION_GONE_BY_OPERATOR'
  return agents.get(agentId)?.state === 'unreachable' ? 'OPERATION_UNREACHABLE' : undefined
}
