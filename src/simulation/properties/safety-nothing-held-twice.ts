import { heldOn } from '../../model/ledger/audit.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { AgentRecord } from '../../model/ledger/records.ts'
import type { Quantities } from '../../model/resources/quantities.ts'
import { Changes } from './changes.ts'
import type { Property } from './property.ts'

/** Accounts hide it when two hands hold the same port, because their sum is the same. */
export const nothingHeldTwice: Property = {
  name: 'safety-nothing-held-twice',
  promise: 'no port and no item of a set is in two offers, in two tasks, or in an offer and a task',
  hears: [],
  observe: (view, report) => {
    const changes = new Changes()
    return {
      masterStepped: () => {
        for (const agent of changes.agentsIn(view.ledger)) {
          for (const problem of doublyHeldOf(view.ledger, agent)) report(problem)
        }
      },
    }
  },
}

/** Says what is in two hands by a master's book. */
export function doublyHeld(ledger: Ledger): string[] {
  return [...ledger.agents.values()].flatMap((agent) => doublyHeldOf(ledger, agent))
}

function doublyHeldOf(ledger: Ledger, agent: AgentRecord): string[] {
  const problems: string[] = []
  // It takes two to hold something twice, and most agents have one offer and no task.
  if (agent.offers.size + agent.tasks.size + agent.abandoned.size < 2) return problems
  const seen = new Set<string>()
  const note = (resources: Readonly<Quantities>): void => {
    for (const item of itemsIn(resources)) {
      if (seen.has(item)) problems.push(`${item} of ${agent.id} is in two hands`)
      seen.add(item)
    }
  }
  for (const id of agent.offers) note(ledger.offers.get(id)?.resources ?? {})
  for (const task of heldOn(agent)) note(task.resources)
  return problems
}

function itemsIn(resources: Readonly<Quantities>): string[] {
  return Object.entries(resources).flatMap(([name, amount]) => {
    if (typeof amount === 'number') return []
    return amount.flatMap((item) => {
      if (typeof item === 'string') return [`${name} ${item}`]
      const [from, to] = item
      return Array.from({ length: to - from + 1 }, (_, index) => `${name} ${from + index}`)
    })
  })
}
