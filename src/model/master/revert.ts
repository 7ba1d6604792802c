import type { OperationState, ResourceOperation } from '../../messages/index.ts'
import { convertFree, convertUsed, replaceTotal } from '../ledger/accounts.ts'
import type { AgentRecord, OperationRecord } from '../ledger/records.ts'
import {
  type Conversion,
  conversionsOf,
  reversed,
  undoingCreation,
} from '../resources/conversions.ts'
import {
  contains,
  type Quantities,
  type Quantity,
  subtract,
  toResources,
} from '../resources/quantities.ts'
import { rescindOffers } from './offers.ts'
import type { MasterStep } from './step.ts'

/**
 * The agent could not do what the book says is done. Offers of what never came to be are taken
 * back, and a task that holds it holds what it was made of, until the agent says how it ended.
 */
export function revertOperation(
  step: MasterStep,
  agent: AgentRecord,
  { operation, frameworkId }: OperationRecord,
  state: OperationState,
): void {
  const conversions = conversionsOf(operation)
  if (operation.type === 'CREATE') {
    for (const undoing of undoingCreation(conversions, agent.total)) revert(step, agent, undoing)
  } else if (operation.type !== 'DESTROY') {
    for (const undoing of reversed(conversions)) revert(step, agent, undoing)
  } else if (state === 'OPERATION_FAILED') {
    for (const undoing of reversed(conversions)) createAgain(step, agent, frameworkId, undoing)
  }
}

function revert(step: MasterStep, agent: AgentRecord, conversion: Conversion): void {
  const { from, to, amount } = conversion
  rescindOffersOf(step, agent, from)
  if (!contains(agent.total, { [from]: amount })) return noteLoss(step, agent, to)
  let left = takeFree(step, agent, conversion)
  for (const task of agent.tasks) {
    const part = common(task.holds ? task.resources : {}, left, from)
    if (part === undefined) continue
    convertUsed(step.book, task, [{ from, to, amount: part }])
    left = subtract(left, { [from]: part })
  }
}

/**
 * A volume that could not be removed is still there: it comes back, whole, unless its disk is in
 * other hands. The agent, which has counted it as removed, is told so.
 */
function createAgain(
  step: MasterStep,
  agent: AgentRecord,
  frameworkId: string,
  conversion: Conversion,
): void {
  const { from, to, amount } = conversion
  rescindOffersOf(step, agent, from)
  if (to in agent.total || !contains(agent.free, { [from]: amount })) {
    return noteLoss(step, agent, to)
  }
  convertFree(step.book, agent, [conversion])
  const volumes = toResources({ [to]: amount })
  sendOperation(step, agent, frameworkId, { type: 'CREATE', volumes })
}

/** Gives an operation that is booked its number, and remembers it until the agent answers. */
export function numberOperation(
  step: MasterStep,
  agent: AgentRecord,
  frameworkId: string,
  operation: ResourceOperation,
) {
  const operationNumber = step.book.nextOperation++
  agent.operations.set(operationNumber, { frameworkId, operation })
  return { operationNumber, operation }
}

function sendOperation(
  step: MasterStep,
  agent: AgentRecord,
  frameworkId: string,
  operation: ResourceOperation,
): void {
  const operations = [numberOperation(step, agent, frameworkId, operation)]
  step.turn.send(agent.address, { type: 'allocation.apply', operations })
}

function rescindOffersOf(step: MasterStep, agent: AgentRecord, key: string): void {
  const concerned = [...agent.offers].filter((id) => {
    const resources = step.book.offers.get(id)?.resources ?? {}
    return key in resources
  })
  rescindOffers(step, concerned, 'offer.rescinded')
}

function noteLoss({ turn }: MasterStep, agent: AgentRecord, key: string): void {
  const detail = `${key} does not come back on ${agent.id}: what it became is in other hands`
  turn.mark('operation.notReverted', detail)
}

/** Reverts what is free and says what is left to do. */
function takeFree(
  { book }: MasterStep,
  agent: AgentRecord,
  { from, to, amount }: Conversion,
): Quantities {
  const wanted = { [from]: amount }
  const part = common(agent.free, wanted, from)
  if (part === undefined) return wanted
  convertFree(book, agent, [{ from, to, amount: part }])
  return subtract(wanted, { [from]: part })
}

/** What both have of a resource. */
function common(
  left: Readonly<Quantities>,
  right: Readonly<Quantities>,
  key: string,
): Quantity | undefined {
  const [held, wanted] = [left[key], right[key]]
  if (held === undefined || wanted === undefined) return undefined
  return subtract({ [key]: wanted }, subtract({ [key]: wanted }, { [key]: held }))[key]
}

/**
 * An agent says that it has these resources. Says whether the book agrees with it by now: it knows
 * better what it has, unless tasks that are believed to run there need more.
 */
export function adoptTotal(
  step: MasterStep,
  agent: AgentRecord,
  reported: Readonly<Quantities>,
): 'same' | 'adopted' | 'kept' {
  if (contains(agent.total, reported) && contains(reported, agent.total)) return 'same'
  rescindOffers(step, agent.offers, 'offer.rescinded')
  if (!contains(reported, agent.used)) {
    const detail = `${agent.id} says it has less than its tasks hold; the book is kept`
    step.turn.mark('agent.totalDiffers', detail)
    return 'kept'
  }
  replaceTotal(step.book, agent, reported)
  return 'adopted'
}
