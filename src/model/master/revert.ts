import { convertFree, convertUsed, replaceTotal } from '../ledger/accounts.ts'
import type { AgentRecord, OperationRecord } from '../ledger/records.ts'
import { type Conversion, reversed } from '../resources/conversions.ts'
import { contains, type Quantities, type Quantity, subtract } from '../resources/quantities.ts'
import { volumesIn } from '../resources/volumes.ts'
import { rescindOffers } from './offers.ts'
import type { MasterStep } from './step.ts'

/**
 * The agent could not do what the book says is done: offers of what never came to be are taken
 * back, and a task that holds it holds what it was made of, until the agent says how the task ended.
 */
export function revertOperation(
  step: MasterStep,
  agent: AgentRecord,
  { conversions }: OperationRecord,
): void {
  for (const conversion of reversed(conversions)) revert(step, agent, conversion)
}

function revert(step: MasterStep, agent: AgentRecord, conversion: Conversion): void {
  const { book, turn } = step
  const { from, to, amount } = conversion
  const concerned = [...agent.offers].filter((id) => {
    const resources = book.offers.get(id)?.resources ?? {}
    return from in resources
  })
  rescindOffers(step, concerned, 'offer.rescinded')
  // A volume comes back whole or not at all.
  const isVolume = volumesIn({ [to]: amount }).length > 0
  const there = isVolume ? agent.free : agent.total
  if (!contains(there, { [from]: amount })) {
    const detail = `${agent.id} kept ${to}, but what it was made of is in other hands by now`
    return turn.mark('operation.notReverted', detail)
  }
  let left = takeFree(step, agent, conversion)
  for (const task of agent.tasks) {
    const part = common(task.holds ? task.resources : {}, left, from)
    if (part === undefined) continue
    convertUsed(book, task, [{ from, to, amount: part }])
    left = subtract(left, { [from]: part })
  }
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
 * An agent came back with these resources. Says whether the book agrees with it by now: it knows
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
    const detail = `${agent.id} came back with less than its tasks hold; the book is kept`
    step.turn.mark('agent.totalDiffers', detail)
    return 'kept'
  }
  replaceTotal(step.book, agent, reported)
  return 'adopted'
}
