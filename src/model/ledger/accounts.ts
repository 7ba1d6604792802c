import { existing } from '../assert.ts'
import { addTo, isEmpty, takeFrom } from '../resources/quantities.ts'
import { completedTasksMax, type Ledger } from './ledger.ts'
import type { AgentRecord, OfferRecord, RoleRecord, TaskRecord } from './records.ts'
import { charge, clientIn, clientOf, dropIfGivenUp } from './roles.ts'

/**
 * The only places where amounts move between the accounts of an agent. Each move keeps
 * total = free + offered + used, and a client's `allocated` = its offers + its tasks.
 */

/** Free resources go out as an offer. */
export function bookOffer(ledger: Ledger, offer: OfferRecord): void {
  const agent = existing(ledger.agents, offer.agentId, 'agent')
  const client = clientOf(ledger, offer)
  takeFrom(agent.free, offer.resources)
  addTo(agent.offered, offer.resources)
  charge(client, offer.resources, 1)
  client.allocations++
  for (let role: RoleRecord | undefined = client.node; role; role = role.parent) role.allocations++
  agent.offers.add(offer.id)
  client.framework.offers.add(offer.id)
  ledger.offers.set(offer.id, offer)
  offer.batch.offerIds.add(offer.id)
}

/** An offer is over: its resources are free again, before anything is launched on them. */
export function closeOffer(ledger: Ledger, offer: OfferRecord): void {
  const agent = existing(ledger.agents, offer.agentId, 'agent')
  const client = clientOf(ledger, offer)
  takeFrom(agent.offered, offer.resources)
  addTo(agent.free, offer.resources)
  agent.settled = undefined
  charge(client, offer.resources, -1)
  agent.offers.delete(offer.id)
  client.framework.offers.delete(offer.id)
  ledger.offers.delete(offer.id)
}

/** A task takes its resources out of what is free. */
export function bookTask(ledger: Ledger, task: TaskRecord): void {
  const agent = existing(ledger.agents, task.agentId, 'agent')
  // A task that was out of reach may return in a role that its framework has given up since.
  const framework = existing(ledger.frameworks, task.frameworkId, 'framework')
  const client = clientIn(ledger, framework, task.role)
  takeFrom(agent.free, task.resources)
  addTo(agent.used, task.resources)
  charge(client, task.resources, 1)
  task.holds = true
  agent.tasks.add(task)
  client.framework.tasks.set(task.id, task)
}

/** A task holds nothing any more; it stays in the book until its last update is acknowledged. */
export function releaseTask(ledger: Ledger, task: TaskRecord): void {
  if (!task.holds) return
  const agent = existing(ledger.agents, task.agentId, 'agent')
  takeFrom(agent.used, task.resources)
  addTo(agent.free, task.resources)
  agent.settled = undefined
  const client = clientOf(ledger, task)
  charge(client, task.resources, -1)
  task.holds = false
  ledger.candidates.add(agent.id)
  dropIfGivenUp(ledger, client)
}

/** A task leaves the book; its end is remembered for a while. */
export function forgetTask(ledger: Ledger, task: TaskRecord): void {
  releaseTask(ledger, task)
  const agent = existing(ledger.agents, task.agentId, 'agent')
  const framework = existing(ledger.frameworks, task.frameworkId, 'framework')
  agent.tasks.delete(task)
  agent.killed.delete(task)
  framework.tasks.delete(task.id)
  const { id, name, agentId, state } = task
  framework.completedTasks.push({ id, name, agentId, state })
  if (framework.completedTasks.length > completedTasksMax) framework.completedTasks.shift()
}

/** Whether an agent has anything to offer at all. */
export function hasFree(agent: AgentRecord): boolean {
  return agent.state === 'connected' && !isEmpty(agent.free)
}
