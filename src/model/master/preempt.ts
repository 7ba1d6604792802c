import type { Contender } from '../allocation/contender.ts'
import { type Eviction, outranks, Preemption } from '../allocation/preemption.ts'
import { Round } from '../allocation/round.ts'
import { contains, type Quantities } from '../resources/quantities.ts'
import { rescindOffers } from './offers.ts'
import { type MasterStep, wantAllocation } from './step.ts'

/**
 * Under a policy that preempts: what roles of higher priority ask for and nobody can offer is made
 * free by ending tasks of lower ones, with their grace period. Only who asked causes it.
 */
export function preempt(step: MasterStep): void {
  const { book, policy, compiler, turn } = step
  if (policy.preempts !== true || !anyRequest(step)) return
  const round = new Round(book, { agentIds: [], compiler, at: turn.at })
  const preemption = new Preemption(book, round)
  const ranked = [...round.clients].sort((left, right) => {
    if (outranks(book, left.role, right.role)) return -1
    return outranks(book, right.role, left.role) ? 1 : 0
  })
  // A framework asks once, in however many roles it may be offered what it asks for.
  const met = new Set<Readonly<Quantities>>()
  for (const client of ranked) {
    const hopeless: Readonly<Quantities>[] = []
    for (const wanted of client.record.framework.requests) {
      if (met.has(wanted) || hopeless.some((less) => contains(wanted, less))) continue
      const eviction = preemption.evict(client, wanted)
      if (eviction === undefined) {
        hopeless.push(wanted)
        continue
      }
      met.add(wanted)
      evict(step, client, eviction)
    }
  }
  wantAllocation(step)
}

function anyRequest({ book }: MasterStep): boolean {
  for (const { requests } of book.frameworks.values()) if (requests.length > 0) return true
  return false
}

function evict(step: MasterStep, client: Contender, { agent, offers, tasks }: Eviction): void {
  rescindOffers(
    step,
    offers.map(({ id }) => id),
    'offer.rescinded',
  )
  for (const task of tasks) {
    task.preemptedFor = client.role
    agent.killed.set(task, undefined)
    const { frameworkId } = task
    step.turn.send(agent.address, { type: 'task.kill', frameworkId, kills: [{ taskId: task.id }] })
  }
}
