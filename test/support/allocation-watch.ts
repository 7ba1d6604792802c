import type { Offer, Resources, TaskInfo } from '../../src/messages/index.ts'
import type { Ledger } from '../../src/model/ledger/ledger.ts'
import type { RoleRecord } from '../../src/model/ledger/records.ts'
import { isPlain, isWithin, reservedRole } from '../../src/model/resources/kinds.ts'
import type { Quantities } from '../../src/model/resources/quantities.ts'
import { checkSoundness } from './invariants.ts'
import type { Stage } from './stage.ts'

/**
 * Watches a stage. Before every delivery, so between any two steps of the master, its book must be
 * sound and no role above its limit. And whenever all is quiet, what schedulers hold by what they
 * heard, together with the work that really runs, must be there: the book is not asked.
 */
export class AllocationWatch {
  readonly problems: string[] = []
  /** How much was watched: without it, silence proves nothing. */
  readonly seen = { steps: 0, offers: 0, tasks: 0 }
  readonly #stage: Stage

  constructor(stage: Stage) {
    this.#stage = stage
    let last = ''
    stage.road.observe(({ message, from }) => {
      // What the master says in one turn is delivered one by one; its book is the same meanwhile.
      const isSameTurn = from === 'master' && last === 'master'
      last = from
      if (!isSameTurn) this.seen.steps++
      if (message.type === 'allocation.offer') this.seen.offers += message.offers.length
      if (message.type === 'task.launch') this.seen.tasks += message.tasks.length
      if (!isSameTurn) this.#checkBook()
    })
  }

  /** Compares what is out there with what the agents have. */
  look(offers: readonly Offer[], running: readonly TaskInfo[]): void {
    this.#checkBook()
    const held = new Map<string, Resources[]>()
    for (const { agentId, resources } of [...offers, ...running]) {
      const others = held.get(agentId)
      if (others === undefined) held.set(agentId, [resources])
      else others.push(resources)
    }
    for (const [agentId, parts] of held) {
      const agent = this.#stage.ledger.agents.get(agentId)
      this.problems.push(...excess(agentId, agent?.info.resources ?? {}, parts))
    }
    if (this.#stage.master.ended) this.problems.push('the master has crashed')
    const refused = this.#stage.marks.find(({ name }) => name === 'allocation.rejected')
    if (refused !== undefined) this.problems.push(refused.detail)
  }

  #checkBook(): void {
    try {
      checkSoundness(this.#stage.ledger, [])
    } catch (error) {
      this.problems.push(error instanceof Error ? error.message : String(error))
    }
    this.problems.push(...aboveLimits(this.#stage.ledger))
  }
}

/** Says of which resources more is held than the agent has, or the same twice. */
export function excess(agentId: string, total: Resources, parts: readonly Resources[]): string[] {
  const problems: string[] = []
  const items = new Set<string>()
  const sums: Record<string, number> = {}
  for (const [name, amount] of parts.flatMap((part) => Object.entries(part))) {
    if (typeof amount === 'number') {
      sums[name] = (sums[name] ?? 0) + amount
      continue
    }
    for (const item of itemsOf(amount)) {
      if (items.has(`${name} ${item}`)) problems.push(`${name} ${item} of ${agentId} is held twice`)
      items.add(`${name} ${item}`)
    }
  }
  for (const [name, sum] of Object.entries(sums)) {
    const all = total[name]
    if (typeof all !== 'number' || sum > all + 1e-9) {
      problems.push(`${sum} ${name} of ${agentId} are held, which has ${String(all)}`)
    }
  }
  return problems
}

function itemsOf(amount: Exclude<Resources[string], number>): (string | number)[] {
  return amount.flatMap((item): (string | number)[] => {
    if (typeof item === 'string') return [item]
    const [from, to] = item
    return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  })
}

/**
 * Says which roles hold more than their limits, counted from the offers and tasks. What is reserved
 * for a role is its own, even when that alone is more.
 */
export function aboveLimits(ledger: Ledger): string[] {
  const problems: string[] = []
  for (const role of ledger.roles.values()) {
    for (const [name, limit] of Object.entries(role.quota?.limits ?? {})) {
      const reserved = reservedFor(ledger, role, name)
      const sum = reserved + heldBy(ledger, role, name)
      if (sum > Math.max(limit, reserved)) {
        problems.push(`${role.path} has ${sum / 1_000} ${name}, its limit is ${limit / 1_000}`)
      }
    }
  }
  return problems
}

function heldBy(ledger: Ledger, { path }: RoleRecord, name: string): number {
  let sum = 0
  const add = (part: { readonly role: string; readonly resources: Readonly<Quantities> }): void => {
    const amount = part.resources[name]
    if (isWithin(part.role, path) && typeof amount === 'number') sum += amount
  }
  for (const offer of ledger.offers.values()) add(offer)
  for (const { tasks } of ledger.frameworks.values()) {
    for (const task of tasks.values()) if (task.holds) add(task)
  }
  return sum
}

function reservedFor(ledger: Ledger, { path }: RoleRecord, name: string): number {
  let sum = 0
  for (const { total, state } of ledger.agents.values()) {
    for (const [key, amount] of Object.entries(total)) {
      const owner = reservedRole(key)
      if (state !== 'connected' || isPlain(key) || owner === undefined) continue
      if (!key.startsWith(`${name}(`) || !isWithin(owner, path)) continue
      if (typeof amount === 'number') sum += amount
    }
  }
  return sum
}
