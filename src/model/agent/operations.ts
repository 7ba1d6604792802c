import type { Apply } from '../../messages/allocation.ts'
import {
  MASTER,
  type NumberedOperation,
  type NumberedStatus,
  type Resources,
} from '../../messages/index.ts'
import { conversionsOf, converted, sumOf, undoingCreation } from '../resources/conversions.ts'
import { isPlain } from '../resources/kinds.ts'
import { type Quantities, shortOf, toQuantities, toResources } from '../resources/quantities.ts'
import { volumesIn } from '../resources/volumes.ts'
import { keepAgent } from './keep.ts'
import { type AgentStep, agentId, type VolumesChanged } from './step.ts'

/** The master wants resources changed; what needs no folder is confirmed at once. */
export function applyOperations(step: AgentStep, message: Apply): void {
  answer(
    step,
    message.operations.flatMap((numbered) => applyOperation(step, numbered) ?? []),
  )
}

function applyOperation(
  { book, turn }: AgentStep,
  { operationNumber, operation }: NumberedOperation,
): NumberedStatus | undefined {
  if (operationNumber <= book.lastOperation) return undefined
  book.lastOperation = operationNumber
  const conversions = conversionsOf(operation)
  const missing = shortOf(book.resources, sumOf(conversions, 'from'))
  if (missing !== undefined) {
    const message = `the agent has too little ${missing}`
    return { operationNumber, state: 'OPERATION_DROPPED', message }
  }
  book.resources = converted(book.resources, conversions)
  keepAgent({ book, turn })
  if (operation.type !== 'CREATE' && operation.type !== 'DESTROY') {
    return { operationNumber, state: 'OPERATION_FINISHED' }
  }
  book.operations.set(operationNumber, conversions)
  const type = operation.type === 'CREATE' ? 'createVolumes' : 'destroyVolumes'
  const volumes = volumesIn(operation.volumes).map(({ role, id }) => ({ role, id }))
  turn.perform({ type, operationNumber, volumes })
  return undefined
}

/**
 * Sent before the master took notice that this agent comes back with the resources it reported:
 * the master's book does not count on them any more.
 */
export function dropOperations(step: AgentStep, { operations }: Apply): void {
  if (step.book.id === undefined) return
  const message = 'the agent was about to register again'
  answer(
    step,
    operations.map(({ operationNumber }) => {
      return { operationNumber, state: 'OPERATION_DROPPED', message }
    }),
  )
}

/**
 * The host made or removed folders, or could not. What could not be made is not there; about what
 * could not be removed the master decides, who knows whether its disk is in other hands by now.
 */
export function noteVolumes(step: AgentStep, { operationNumber, problem }: VolumesChanged): void {
  const { book } = step
  const conversions = book.operations.get(operationNumber)
  if (conversions === undefined) return
  book.operations.delete(operationNumber)
  if (problem === undefined) return answer(step, [{ operationNumber, state: 'OPERATION_FINISHED' }])
  book.resources = converted(book.resources, undoingCreation(conversions, book.resources))
  keepAgent(step)
  answer(step, [{ operationNumber, state: 'OPERATION_FAILED', message: problem }])
}

function answer({ book, turn }: AgentStep, updates: NumberedStatus[]): void {
  if (updates.length === 0) return
  const resources = toResources(book.resources)
  const type = 'allocation.operationUpdate'
  turn.send(MASTER, { type, agentId: agentId(book), updates, resources })
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
