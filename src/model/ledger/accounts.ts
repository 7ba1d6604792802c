import { assert, existing } from '../assert.ts'
import { type Conversion, converted, sumOf } from '../resources/conversions.ts'
import { isEmpty, plusAll, type Quantities, subtract, takenFrom } from '../resources/quantities.ts'
import type { Ledger } from './ledger.ts'
import type { AgentRecord, ExecutorRecord, OfferRecord, RoleRecord, TaskRecord } from './records.ts'
import { charge, clientIn, clientOf, countResources, dropIfGivenUp } from './roles.ts'

/**
 * The only places where amounts move between the accounts of an agent. Each move keeps
 * total = free + offered + used, and a client's `allocated` = its offers + its tasks.
 */

/** Free resources go out as an offer. */
export function bookOffer(ledger: Ledger, offer: OfferRecord): void {
  const agent = existing(ledger.agents, offer.agentId, 'agent')
  const { client } = offer
  agent.free = takenFrom(agent.free, offer.resources)
  agent.offered = plusAll(agent.offered, offer.resources)
  charge(client, offer.resources, 1)
  client.allocations++
  for (let role: RoleRecord | undefined = client.node; role; role = role.parent) role.allocations++
  agent.offers.add(offer.id)
  client.framework.offers.add(offer.id)
  ledger.offers.set(offer.id, offer)
  offer.batch.offerIds.push(offer.id)
  offer.batch.outstanding++
}

/** An offer is over: its resources are free again, before anything is launched on them. */
export function closeOffer(ledger: Ledger, offer: OfferRecord): void {
  const agent = existing(ledger.agents, offer.agentId, 'agent')
  const { client } = offer
  agent.offered = takenFrom(agent.offered, offer.resources)
  agent.free = plusAll(agent.free, offer.resources)
  agent.settled = undefined
  charge(client, offer.resources, -1)
  agent.offers.delete(offer.id)
  client.framework.offers.delete(offer.id)
  ledger.offers.delete(offer.id)
}

/** A task takes its resources out of what is free. */
export function bookTask(ledger: Ledger, task: TaskRecord): void {
  const { agent, framework } = hold(ledger, task)
  agent.tasks.add(task)
  framework.tasks.set(task.id, task)
}

/** An executor takes what it needs for itself out of what is free. */
export function bookExecutor(ledger: Ledger, executor: ExecutorRecord): void {
  const { agent } = hold(ledger, executor)
  agent.executors.set(`${executor.frameworkId}/${executor.id}`, executor)
}

/** An executor is gone, and what it held is free. */
export function dropExecutor(ledger: Ledger, executor: ExecutorRecord): void {
  release(ledger, executor)
  const agent = existing(ledger.agents, executor.agentId, 'agent')
  agent.executors.delete(`${executor.frameworkId}/${executor.id}`)
}

/** A task that its framework was told is over still needs its resources on its agent. */
export function bookAbandoned(ledger: Ledger, task: TaskRecord): void {
  hold(ledger, task)
}

function hold(ledger: Ledger, holder: TaskRecord | ExecutorRecord) {
  const agent = existing(ledger.agents, holder.agentId, 'agent')
  // A task that was out of reach may return in a role that its framework has given up since.
  const framework = existing(ledger.frameworks, holder.frameworkId, 'framework')
  const client = clientIn(ledger, framework, holder.role)
  agent.free = takenFrom(agent.free, holder.resources)
  agent.used = plusAll(agent.used, holder.resources)
  charge(client, holder.resources, 1)
  holder.holds = true
  return { agent, framework }
}

/** A task holds nothing any more; it stays in the book until its last update is acknowledged. */
export function releaseTask(ledger: Ledger, task: TaskRecord): void {
  release(ledger, task)
}

function release(ledger: Ledger, holder: TaskRecord | ExecutorRecord): void {
  if (!holder.holds) return
  const agent = existing(ledger.agents, holder.agentId, 'agent')
  agent.used = takenFrom(agent.used, holder.resources)
  agent.free = plusAll(agent.free, holder.resources)
  agent.settled = undefined
  const client = clientOf(ledger, holder)
  charge(client, holder.resources, -1)
  holder.holds = false
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
  if (framework.completedTasks.length > ledger.completedTasksMax) framework.completedTasks.shift()
}

/** Free resources change their kind. */
export function convertFree(
  ledger: Ledger,
  agent: AgentRecord,
  conversions: readonly Conversion[],
): void {
  const [taken, given] = [sumOf(conversions, 'from'), sumOf(conversions, 'to')]
  agent.free = plusAll(takenFrom(agent.free, taken), given)
  agent.total = plusAll(takenFrom(agent.total, taken), given)
  if (agent.state === 'connected') {
    countResources(ledger, taken, -1, agent.duty)
    countResources(ledger, given, 1, agent.duty)
  }
  agent.settled = undefined
  ledger.candidates.add(agent.id)
}

/** Resources that a task holds change their kind. */
export function convertUsed(
  ledger: Ledger,
  task: TaskRecord,
  conversions: readonly Conversion[],
): void {
  const agent = existing(ledger.agents, task.agentId, 'agent')
  const { tasks } = clientOf(ledger, task).framework
  assert(tasks.get(task.id) === task && task.holds, () => `task ${task.id} holds nothing`)
  const before = task.resources
  agent.used = takenFrom(agent.used, before)
  agent.free = plusAll(agent.free, before)
  charge(clientOf(ledger, task), before, -1)
  convertFree(ledger, agent, conversions)
  task.resources = converted(before, conversions)
  agent.free = takenFrom(agent.free, task.resources)
  agent.used = plusAll(agent.used, task.resources)
  charge(clientOf(ledger, task), task.resources, 1)
}

/**
 * The agent has these resources instead of those in the book; nothing of them is offered, and they
 * hold what its tasks use.
 */
export function replaceTotal(
  ledger: Ledger,
  agent: AgentRecord,
  total: Readonly<Quantities>,
): void {
  assert(isEmpty(agent.offered), () => `${agent.id} changes while something of it is offered`)
  if (agent.state === 'connected') {
    countResources(ledger, agent.total, -1, agent.duty)
    countResources(ledger, total, 1, agent.duty)
  }
  agent.free = subtract(total, agent.used)
  agent.total = total
  agent.settled = undefined
}

/** Whether an agent may be offered, if it has anything. */
export function isActive({ state, duty }: AgentRecord): boolean {
  return state === 'connected' && duty.state === 'active'
}

/** Whether an agent has anything to offer at all. */
export function hasFree(agent: AgentRecord): boolean {
  return isActive(agent) && !isEmpty(agent.free)
}
