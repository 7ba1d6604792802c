import type { Apply } from '../../messages/allocation.ts'
import {
  MASTER,
  type NumberedOperation,
  type NumberedStatus,
  type OperationState,
  type Resources,
} from '../../messages/index.ts'
import {
  type Conversion,
  conversionsOf,
  converted,
  reversed,
  sumOf,
} from '../resources/conversions.ts'
import { isPlain } from '../resources/kinds.ts'
import { contains, type Quantities, shortOf, toQuantities } from '../resources/quantities.ts'
import { volumesIn } from '../resources/volumes.ts'
import { type AgentStep, agentId, type VolumesChanged } from './step.ts'

/** The master wants resources changed; what needs no folder is confirmed at once. */
export function applyOperations(step: AgentStep, message: Apply): void {
  for (const numbered of message.operations) applyOperation(step, numbered)
}

function applyOperation(step: AgentStep, { operationNumber, operation }: NumberedOperation): void {
  const { book, turn } = step
  if (operationNumber <= book.lastOperation) return
  book.lastOperation = operationNumber
  const conversions = conversionsOf(operation)
  const missing = shortOf(book.resources, sumOf(conversions, 'from'))
  if (missing !== undefined) {
    return answer(step, operationNumber, 'OPERATION_DROPPED', `the agent has too little ${missing}`)
  }
  book.resources = converted(book.resources, conversions)
  if (operation.type !== 'CREATE' && operation.type !== 'DESTROY') {
    return answer(step, operationNumber, 'OPERATION_FINISHED')
  }
  book.operations.set(operationNumber, conversions)
  const type = operation.type === 'CREATE' ? 'createVolumes' : 'destroyVolumes'
  const volumes = volumesIn(operation.volumes).map(({ role, id }) => ({ role, id }))
  turn.perform({ type, operationNumber, volumes })
}

/**
 * Sent before the master took notice that this agent comes back with the resources it reported:
 * the master's book does not count on them any more.
 */
export function dropOperations(step: AgentStep, { operations }: Apply): void {
  if (step.book.id === undefined) return
  for (const { operationNumber } of operations) {
    answer(step, operationNumber, 'OPERATION_DROPPED', 'the agent was about to register again')
  }
}

/** The host made or removed folders, or could not. */
export function noteVolumes(step: AgentStep, { operationNumber, problem }: VolumesChanged): void {
  const { book } = step
  const conversions = book.operations.get(operationNumber)
  if (conversions === undefined) return
  book.operations.delete(operationNumber)
  if (problem === undefined) return answer(step, operationNumber, 'OPERATION_FINISHED')
  undo(step, conversions)
  answer(step, operationNumber, 'OPERATION_FAILED', problem)
}

/** What has been changed again meanwhile stays as it is. */
function undo({ book }: AgentStep, conversions: readonly Conversion[]): void {
  if (!contains(book.resources, sumOf(conversions, 'to'))) return
  book.resources = converted(book.resources, reversed(conversions))
}

function answer(
  { book, turn }: AgentStep,
  operationNumber: number,
  state: OperationState,
  message?: string,
): void {
  const update: NumberedStatus = { operationNumber, state, ...(message && { message }) }
  turn.send(MASTER, {
    type: 'allocation.operationUpdate',
    agentId: agentId(book),
    updates: [update],
  })
}

/** The first resource of a task that is reserved, or a volume, but not on this agent. */
export function unknownResource(
  known: Readonly<Quantities>,
  resources: Resources,
): string | undefined {
  const kinds = Object.entries(resources).filter(([key]) => !isPlain(key))
  if (kinds.length === 0) return undefined
  return shortOf(known, toQuantities(Object.fromEntries(kinds)))
}
