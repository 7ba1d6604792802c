import { audit } from '../../src/model/ledger/audit.ts'
import type { Ledger } from '../../src/model/ledger/ledger.ts'
import type { Quantities } from '../../src/model/resources/quantities.ts'

/** Throws when anything is in a master's book, or was heard, that must never be. */
export function checkSoundness(ledger: Ledger, marks: Iterable<string>): void {
  const problems = problemsIn(ledger)
  for (const mark of marks) {
    if (mark === 'message.unexpected') problems.push('somebody heard what it does not expect')
  }
  if (problems.length > 0) throw new Error(`the world is wrong: ${problems.join('; ')}`)
}

/** Says in sentences what must never be in a master's book, and is. */
function problemsIn(ledger: Ledger): string[] {
  return [...audit(ledger), ...strayOffers(ledger), ...doublyHeld(ledger)]
}

function strayOffers(ledger: Ledger): string[] {
  const problems: string[] = []
  for (const { id, agentId, frameworkId, state } of ledger.offers.values()) {
    if (state !== 'outstanding') problems.push(`offer ${id} is ${state}, but still in the book`)
    if (!ledger.agents.get(agentId)?.offers.has(id)) problems.push(`${agentId} misses offer ${id}`)
    if (ledger.frameworks.get(frameworkId)?.state !== 'connected') {
      problems.push(`offer ${id} is with ${frameworkId}, which is not connected`)
    }
  }
  return problems
}

/** Accounts hide it when two hands hold the same port, because their sum is the same. */
function doublyHeld(ledger: Ledger): string[] {
  const problems: string[] = []
  for (const agent of ledger.agents.values()) {
    const seen = new Set<string>()
    const note = (resources: Readonly<Quantities>): void => {
      for (const item of itemsIn(resources)) {
        if (seen.has(item)) problems.push(`${item} of ${agent.id} is in two hands`)
        seen.add(item)
      }
    }
    for (const id of agent.offers) note(ledger.offers.get(id)?.resources ?? {})
    for (const task of agent.tasks) if (task.holds) note(task.resources)
  }
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
