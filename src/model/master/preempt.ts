import { type Eviction, evictionFor, outranks } from '../allocation/preemption.ts'
import { clientsWanting } from '../allocation/round.ts'
import { existing } from '../assert.ts'
import type { AgentRecord, ClientRecord } from '../ledger/records.ts'
import { addTo, type Quantities } from '../resources/quantities.ts'
import { rescindOffers } from './offers.ts'
import type { MasterStep } from './step.ts'

/**
 * Under a policy that preempts: what roles of higher priority ask for and nobody can offer is made
 * free by ending tasks of lower ones, with their grace period. Only who asked causes it.
 */
export function preempt(step: MasterStep): void {
  const { book, policy } = step
  if (policy.preempts !== true) return
  const clients = clientsWanting(book).filter(({ framework }) => framework.requests.length > 0)
  const ranked = [...clients].sort((left, right) => {
    if (outranks(book, left.role, right.role)) return -1
    return outranks(book, right.role, left.role) ? 1 : 0
  })
  const promised = new Map<AgentRecord, Quantities>()
  for (const client of ranked) {
    for (const wanted of client.framework.requests) {
      const eviction = evictionFor(book, step.compiler, client, wanted, promised)
      if (eviction === undefined) continue
      const others = promised.get(eviction.agent) ?? {}
      addTo(others, wanted)
      promised.set(eviction.agent, others)
      if (eviction.tasks.length > 0) evict(step, client, eviction)
    }
  }
}

function evict(step: MasterStep, client: ClientRecord, { agent, tasks }: Eviction): void {
  const { book, turn } = step
  const offers = [...agent.offers].filter((id) =>
    outranks(book, client.role, existing(book.offers, id, 'offer').role),
  )
  rescindOffers(step, offers, 'offer.rescinded')
  for (const task of tasks) {
    task.preemptedFor = client.role
    agent.killed.set(task, undefined)
    const { frameworkId } = task
    turn.send(agent.address, { type: 'task.kill', frameworkId, kills: [{ taskId: task.id }] })
  }
}
