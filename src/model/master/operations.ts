import type { OperationUpdateToMaster } from '../../messages/allocation.ts'
import type {
  NumberedOperation,
  OperationState,
  OperationStatus,
  ResourceOperation,
} from '../../messages/index.ts'
import { assert } from '../assert.ts'
import { convertFree } from '../ledger/accounts.ts'
import { agentAt } from '../ledger/ledger.ts'
import type { AgentRecord, FrameworkRecord } from '../ledger/records.ts'
import { conversionsOf, converted } from '../resources/conversions.ts'
import { toQuantities } from '../resources/quantities.ts'
import { volumesIn } from '../resources/volumes.ts'
import { problemWithOperation } from '../validation/operations.ts'
import type { Acceptable } from './accept.ts'
import { keepLimits } from './quotas.ts'
import { adoptTotal, numberOperation, revertOperation } from './revert.ts'
import { type From, type MasterStep, wantAllocation } from './step.ts'

/** How many operations' ends are kept for a scheduler that is away. */
const untoldMax = 1_000

/**
 * Does an operation in the book and returns it for the agent, which confirms later; nothing when
 * it cannot be done, which its scheduler is told.
 */
export function applyOperation(
  step: MasterStep,
  rest: Acceptable,
  operation: ResourceOperation,
): NumberedOperation | undefined {
  const { framework, agent, role, remaining } = rest
  const asker = { framework, role }
  const problem = problemWithOperation(operation, { agent, asker, remaining })
  if (problem !== undefined) {
    failOperations(step, framework, [operation], problem)
    return undefined
  }
  const conversions = conversionsOf(operation)
  convertFree(step.book, agent, conversions)
  rest.remaining = converted(rest.remaining, conversions)
  if (operation.type === 'DESTROY') assertUnused(agent, operation)
  return numberOperation(step, agent, framework.id, operation)
}

/** Nobody else has a volume that was offered as a whole. */
function assertUnused(agent: AgentRecord, { volumes }: { volumes: Record<string, unknown> }): void {
  for (const { key, id } of volumesIn(volumes)) {
    assert(!(key in agent.total), () => `volume ${id} is destroyed, but still somewhere`)
  }
}

/** Tells that operations cannot be done; one without an id is dropped in silence, as in Mesos. */
export function failOperations(
  step: MasterStep,
  framework: FrameworkRecord,
  operations: readonly ResourceOperation[],
  message: string,
): void {
  const updates = operations.flatMap(({ operationId }): OperationStatus[] =>
    operationId === undefined ? [] : [{ operationId, state: 'OPERATION_ERROR', message }],
  )
  if (framework.state !== 'connected' || updates.length === 0) return
  step.turn.send(framework.address, { type: 'allocation.operationUpdate', updates })
}

/**
 * An agent says what became of operations; what it could not do is undone in the book. When none
 * is on its way any more, both books must say the same, and the agent's counts.
 */
export function relayOperationUpdates(
  step: MasterStep,
  report: From<OperationUpdateToMaster>,
): void {
  const agent = agentAt(step.book, report.from)
  if (agent === undefined || agent.id !== report.agentId || agent.state !== 'connected') {
    const detail = `${report.from} reports on operations, but is not connected`
    return step.turn.mark('operationUpdate.strangeAgent', detail)
  }
  for (const { operationNumber, state, message } of report.updates) {
    const operation = agent.operations.get(operationNumber)
    if (operation === undefined) continue
    if (state !== 'OPERATION_FINISHED') revertOperation(step, agent, operation, state)
    settleOperation(step, agent, operationNumber, state, message)
  }
  if (agent.operations.size === 0) adoptTotal(step, agent, toQuantities(report.resources))
  keepLimits(step)
  wantAllocation(step)
}

/** All operations that an agent has not answered come to the same end. */
export function settleOperations(
  step: MasterStep,
  agent: AgentRecord,
  state: OperationState,
  message?: string,
): void {
  for (const operationNumber of [...agent.operations.keys()]) {
    settleOperation(step, agent, operationNumber, state, message)
  }
}

function settleOperation(
  step: MasterStep,
  agent: AgentRecord,
  operationNumber: number,
  state: OperationState,
  message: string | undefined,
): void {
  const { frameworkId = '', operation } = agent.operations.get(operationNumber) ?? {}
  agent.operations.delete(operationNumber)
  const framework = step.book.frameworks.get(frameworkId)
  const operationId = operation?.operationId
  if (framework === undefined || operationId === undefined) return
  const agentId = agent.id
  const update = { operationId, state, agentId, ...(message !== undefined && { message }) }
  if (framework.state !== 'connected') {
    // Told when its scheduler comes back, as an agent of Mesos would repeat it until then.
    framework.untoldOperations = [...framework.untoldOperations, update].slice(-untoldMax)
    return
  }
  step.turn.send(framework.address, { type: 'allocation.operationUpdate', updates: [update] })
}
