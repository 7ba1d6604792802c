import { scalarsByName } from '../resources/kinds.ts'
import { addTo, contains, type Quantities } from '../resources/quantities.ts'
import { isActive } from './accounts.ts'
import { createLedger, type Ledger } from './ledger.ts'
import type { AgentRecord, ClientRecord, FrameworkRecord, TaskRecord } from './records.ts'
import { charge, clientIn, countResources, roleAt } from './roles.ts'

/**
 * Recomputes every account from the offers and tasks and says, in sentences, where the book is
 * wrong. Slow on purpose: it is for tests, simulation and exploration.
 */
export function audit(ledger: Ledger): string[] {
  const clients = [...ledger.frameworks.values()].flatMap((one) => [...one.clients.values()])
  return [
    ...[...ledger.agents.values()].flatMap((agent) => auditAgent(ledger, agent)),
    ...clients.flatMap((client) => auditClient(ledger, client)),
    ...auditRoles(ledger),
  ]
}

/** What is wrong with the accounts of one agent. */
export function auditAgent(ledger: Ledger, agent: AgentRecord): string[] {
  const problems: string[] = []
  const offered: Quantities = {}
  for (const id of agent.offers) {
    const offer = ledger.offers.get(id)
    if (offer === undefined) problems.push(`${agent.id} lists offer ${id}, which is no more`)
    else addTo(offered, offer.resources)
  }
  const used: Quantities = {}
  for (const holder of [...heldOn(agent), ...agent.executors.values()]) {
    addTo(used, holder.resources)
  }
  problems.push(...compare(`${agent.id} offered`, agent.offered, offered))
  problems.push(...compare(`${agent.id} used`, agent.used, used))
  const sum: Quantities = {}
  for (const account of [agent.free, agent.offered, agent.used]) addTo(sum, account)
  problems.push(...compare(`${agent.id} free + offered + used`, sum, agent.total))
  if (agent.offers.size > 0 && !isActive(agent)) {
    problems.push(`${agent.id} is ${agent.state} and ${agent.duty.state}, but is offered`)
  }
  return problems
}

/** What is wrong with the account of one framework in one role. */
export function auditClient(ledger: Ledger, client: ClientRecord): string[] {
  const allocated: Quantities = {}
  for (const amounts of heldBy(ledger, client)) addTo(allocated, scalarsByName(amounts))
  const what = `${client.frameworkId} in the role ${client.role}`
  return compare(what, client.allocated, allocated)
}

/** What is wrong with the accounts of roles and of the cluster: a second set, from nothing. */
export function auditRoles(ledger: Ledger): string[] {
  const { masterId, timeouts } = ledger
  const fresh = createLedger({ masterId, timeouts })
  for (const agent of ledger.agents.values()) {
    if (agent.state === 'connected') countResources(fresh, agent.total, 1, agent.duty)
  }
  for (const framework of ledger.frameworks.values()) {
    const twin: FrameworkRecord = { ...framework, clients: new Map() }
    for (const client of framework.clients.values()) {
      for (const amounts of heldBy(ledger, client)) {
        charge(clientIn(fresh, twin, client.role), amounts, 1)
      }
    }
  }
  const problems = [
    ...compare('the capacity', ledger.capacity, fresh.capacity),
    ...compare('what is unreserved', ledger.unreserved, fresh.unreserved),
  ]
  for (const [path, role] of ledger.roles) {
    const other = roleAt(fresh, path)
    for (const account of ['held', 'revocable', 'reserved'] as const) {
      const what = `${account} by the role ${path || 'of everybody'}`
      problems.push(...compare(what, role[account], other[account]))
    }
  }
  return problems
}

/** The tasks that hold something on an agent, also those that nobody owns any more. */
export function heldOn({ tasks, abandoned }: AgentRecord): TaskRecord[] {
  const strays = [...abandoned.values()].map(({ task }) => task)
  return [...tasks, ...strays].filter(({ holds }) => holds)
}

function heldBy(ledger: Ledger, client: ClientRecord): Readonly<Quantities>[] {
  const { framework, role } = client
  const isIts = (one: { frameworkId: string; role: string }): boolean =>
    one.frameworkId === framework.id && one.role === role
  const held: Readonly<Quantities>[] = []
  for (const id of framework.offers) {
    const offer = ledger.offers.get(id)
    if (offer !== undefined && isIts(offer)) held.push(offer.resources)
  }
  for (const task of framework.tasks.values()) {
    if (task.holds && isIts(task)) held.push(task.resources)
  }
  for (const { abandoned, executors } of ledger.agents.values()) {
    for (const { task } of abandoned.values()) {
      if (task.holds && isIts(task)) held.push(task.resources)
    }
    for (const executor of executors.values()) if (isIts(executor)) held.push(executor.resources)
  }
  return held
}

function compare(what: string, booked: Quantities, recomputed: Quantities): string[] {
  const [left, right] = [withoutZeros(booked), withoutZeros(recomputed)]
  if (contains(left, right) && contains(right, left)) return []
  return [`${what} is booked as ${text(booked)} but comes to ${text(recomputed)}`]
}

function withoutZeros(quantities: Quantities): Quantities {
  return Object.fromEntries(Object.entries(quantities).filter(([, amount]) => amount !== 0))
}

function text(quantities: Quantities): string {
  return JSON.stringify(quantities)
}
