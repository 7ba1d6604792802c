import { addScalarsTo, addTo, contains, type Quantities } from '../resources/quantities.ts'
import type { Ledger } from './ledger.ts'

/**
 * Recomputes every account from the offers and tasks and says, in sentences, where the book is
 * wrong. Slow on purpose: it is for tests, simulation and exploration.
 */
export function audit(ledger: Ledger): string[] {
  return [...auditAgents(ledger), ...auditFrameworks(ledger)]
}

function auditAgents(ledger: Ledger): string[] {
  const problems: string[] = []
  for (const agent of ledger.agents.values()) {
    const offered: Quantities = {}
    for (const id of agent.offers) {
      const offer = ledger.offers.get(id)
      if (offer === undefined) problems.push(`${agent.id} lists offer ${id}, which is no more`)
      else addTo(offered, offer.resources)
    }
    const used: Quantities = {}
    for (const task of agent.tasks) if (task.holds) addTo(used, task.resources)
    problems.push(...compare(`${agent.id} offered`, agent.offered, offered))
    problems.push(...compare(`${agent.id} used`, agent.used, used))
    const sum: Quantities = {}
    for (const account of [agent.free, agent.offered, agent.used]) addTo(sum, account)
    problems.push(...compare(`${agent.id} free + offered + used`, sum, agent.total))
  }
  return problems
}

function auditFrameworks(ledger: Ledger): string[] {
  const problems: string[] = []
  for (const framework of ledger.frameworks.values()) {
    const allocated: Quantities = {}
    for (const offer of ledger.offers.values()) {
      if (offer.frameworkId === framework.id) addScalarsTo(allocated, offer.resources)
    }
    for (const task of framework.tasks.values())
      if (task.holds) addScalarsTo(allocated, task.resources)
    problems.push(...compare(`${framework.id} allocated`, framework.allocated, allocated))
  }
  return problems
}

function compare(what: string, booked: Quantities, recomputed: Quantities): string[] {
  if (contains(booked, recomputed) && contains(recomputed, withoutZeros(booked))) return []
  return [`${what} is booked as ${text(booked)} but comes to ${text(recomputed)}`]
}

function withoutZeros(quantities: Quantities): Quantities {
  return Object.fromEntries(Object.entries(quantities).filter(([, amount]) => amount !== 0))
}

function text(quantities: Quantities): string {
  return JSON.stringify(quantities)
}
