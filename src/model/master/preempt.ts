import { type Eviction, outranks, Preemption } from '../allocation/preemption.ts'
import { clientsWanting } from '../allocation/round.ts'
import { existing } from '../assert.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { ClientRecord, FrameworkRecord } from '../ledger/records.ts'
import { allot } from '../resources/allot.ts'
import { type Quantities, subtract } from '../resources/quantities.ts'
import { rescindOffers } from './offers.ts'
import { type MasterStep, wantAllocation } from './step.ts'

/**
 * Under a policy that preempts: what roles of higher priority ask for and nobody can offer is made
 * free by ending tasks of lower ones, with their grace period. Only who asked causes it.
 */
export function preempt(step: MasterStep): void {
  const { book, policy } = step
  if (policy.preempts !== true) return
  const clients = clientsWanting(book).filter(({ framework }) => framework.requests.length > 0)
  if (clients.length === 0) return
  const ranked = [...clients].sort((left, right) => {
    if (outranks(book, left.role, right.role)) return -1
    return outranks(book, right.role, left.role) ? 1 : 0
  })
  const frameworks = new Set(ranked.map(({ framework }) => framework))
  const unmet = new Map([...frameworks].map((each) => [each, unmetWishes(book, each)]))
  const preemption = new Preemption(book, step.compiler, step.turn.at)
  for (const client of ranked) {
    const wishes = unmet.get(client.framework)
    for (const wanted of wishes ?? []) {
      const eviction = preemption.evictionFor(client, wanted)
      if (eviction === undefined) continue
      wishes?.delete(wanted)
      evict(step, client, eviction)
    }
  }
  wantAllocation(step)
}

/** What a framework asked for, without what it has been offered by now and may think about. */
function unmetWishes(book: Ledger, framework: FrameworkRecord): Set<Readonly<Quantities>> {
  const open = [...framework.offers].map((id) => existing(book.offers, id, 'offer').resources)
  const isOffered = (wanted: Readonly<Quantities>): boolean =>
    open.some((offered, index) => {
      const part = allot(wanted, offered)
      if (part === undefined) return false
      open[index] = subtract(offered, part)
      return true
    })
  return new Set(framework.requests.filter((wanted) => !isOffered(wanted)))
}

function evict(step: MasterStep, client: ClientRecord, { agent, offers, tasks }: Eviction): void {
  rescindOffers(
    step,
    offers.map(({ id }) => id),
    'offer.rescinded',
  )
  for (const task of tasks) {
    task.preemptedFor = client.role
    agent.killed.add(task)
    const { frameworkId } = task
    step.turn.send(agent.address, {
      type: 'task.kill',
      frameworkId,
      kills: [{ taskId: task.id }],
    })
  }
}
