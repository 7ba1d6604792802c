import type { AgentBook } from '../../model/agent/book.ts'
import { addTo, type Quantities, toQuantities } from '../../model/resources/quantities.ts'
import { isTerminal } from '../../model/task-states.ts'

/** What executors and tasks that have not ended hold, whoever may see them. */
export function heldOn({ frameworks }: AgentBook): Quantities {
  const held: Quantities = {}
  for (const { executors, tasks } of frameworks.values()) {
    for (const { state, info } of executors.values()) {
      if (state !== 'terminated') addTo(held, toQuantities(info?.resources ?? {}))
    }
    for (const { state, info } of tasks.values()) {
      if (!isTerminal(state)) addTo(held, toQuantities(info.resources))
    }
  }
  return held
}
