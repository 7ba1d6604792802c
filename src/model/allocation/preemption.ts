import { existing } from '../assert.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type {
  AgentRecord,
  ClientRecord,
  OfferRecord,
  RoleRecord,
  TaskRecord,
} from '../ledger/records.ts'
import { topRole } from '../ledger/roles.ts'
import { allot } from '../resources/allot.ts'
import { nameOf } from '../resources/kinds.ts'
import { addTo, type Quantities, subtract } from '../resources/quantities.ts'
import type { ConstraintCompiler } from './constraints.ts'
import { Contender } from './contender.ts'
import { blockingFilter } from './filters.ts'
import { consumptionOf, QuotaStandings } from './quota-standing.ts'

/** An agent that would have room, and who has to leave it: nobody, when there is room without. */
export interface Eviction {
  readonly agent: AgentRecord
  readonly offers: readonly OfferRecord[]
  readonly tasks: readonly TaskRecord[]
}

type Holder = OfferRecord | TaskRecord
type Wish = Readonly<Quantities>

/** Whether a role comes before another: where their paths part, its priority is the higher one. */
export function outranks(ledger: Ledger, role: string, other: string): boolean {
  const [mine, theirs] = [role.split('/'), other.split('/')]
  let depth = 0
  while (mine[depth] !== undefined && mine[depth] === theirs[depth]) depth++
  const at = (path: string[]): number =>
    ledger.priorities.get(path.slice(0, depth + 1).join('/')) ?? 0
  return at(mine) > at(theirs)
}

/** Who has to leave so that wishes come true: one after the other, those of high roles first. */
export class Preemption {
  readonly #ledger: Ledger
  readonly #compiler: ConstraintCompiler
  readonly #at: number
  readonly #quotas: QuotaStandings
  /** What the wishes before were promised. */
  readonly #promised = new Map<AgentRecord, Quantities>()
  /** What roles with guarantees will have lost when everybody has left who was told to. */
  readonly #leaving = new Map<RoleRecord, Quantities>()

  constructor(ledger: Ledger, compiler: ConstraintCompiler, at: number) {
    this.#ledger = ledger
    this.#compiler = compiler
    this.#at = at
    this.#quotas = new QuotaStandings(ledger)
  }

  /**
   * The smallest eviction that makes room for a wish: offers and then tasks of roles of lower
   * priority, the lowest first and of those the newest, never so many that a role falls below its
   * guarantee (Hindman et al., NSDI 2011, §3.3). Nothing when none can be made, or when a quota or
   * a filter would keep the room from whoever wishes.
   */
  evictionFor(client: ClientRecord, wanted: Wish): Eviction | undefined {
    const standing = this.#quotas.standingOf(client)
    if (!this.#quotas.mayHave(standing, wanted)) return undefined
    const best = this.#bestFor(client, wanted)
    if (best === undefined) return undefined
    this.#quotas.charge(standing, wanted)
    const others = this.#promised.get(best.agent) ?? {}
    addTo(others, wanted)
    this.#promised.set(best.agent, others)
    for (const holder of [...best.offers, ...best.tasks]) {
      const top = topRole(existing(this.#ledger.roles, holder.role, 'role'))
      addTo(this.#leavingFrom(top), holder.resources)
    }
    return best
  }

  #bestFor(client: ClientRecord, wanted: Wish): Eviction | undefined {
    const { agents, whitelist } = this.#ledger
    const { framework, role } = client
    const constraints = this.#compiler.compile(framework.info.offerConstraints).get(role)
    const contender = new Contender(client, 0, { standing: undefined, constraints })
    let best: Eviction | undefined
    for (const agent of agents.values()) {
      if (agent.state !== 'connected' || constraints?.allows(agent.info) === false) continue
      if (whitelist?.has(agent.info.hostname) === false) continue
      if (agent.total.gpus !== undefined && !contender.usesGpus) continue
      const demand: Quantities = { ...this.#promised.get(agent) }
      addTo(demand, wanted)
      if (allot(demand, contender.partOf(agent.total)) === undefined) continue
      const eviction = this.#evictionOn(agent, contender, demand)
      if (eviction !== undefined && (best === undefined || this.#isLess(eviction, best))) {
        best = eviction
      }
      if (best !== undefined && best.tasks.length + best.offers.length === 0) break
    }
    return best
  }

  #evictionOn(agent: AgentRecord, contender: Contender, wanted: Wish): Eviction | undefined {
    const room: Quantities = {}
    addTo(room, agent.free)
    for (const task of agent.tasks) if (isLeaving(task)) addTo(room, task.resources)
    const released = new Map<RoleRecord, Quantities>()
    const evicted = <One extends Holder>(holders: readonly One[]): One[] => {
      const chosen: One[] = []
      for (const holder of holders) {
        const short = shortOf(wanted, contender.partOf(room))
        if (short === undefined) break
        if (!helps(holder, short) || !this.#maySpare(holder, released)) continue
        addTo(room, holder.resources)
        chosen.push(holder)
      }
      return chosen
    }
    const offers = evicted(this.#offersBelow(agent, contender.role))
    const tasks = evicted(this.#tasksBelow(agent, contender.role))
    const part = contender.partOf(room)
    if (shortOf(wanted, part) !== undefined) return undefined
    if (offers.length + tasks.length === 0) return { agent, offers, tasks }
    if (blockingFilter(contender.record, agent.id, part, this.#at) !== undefined) return undefined
    return { agent, offers, tasks: withoutNeedless(tasks, room, contender, wanted) }
  }

  /** The newest first. */
  #offersBelow(agent: AgentRecord, role: string): OfferRecord[] {
    return [...agent.offers]
      .map((id) => existing(this.#ledger.offers, id, 'offer'))
      .filter((offer) => outranks(this.#ledger, role, offer.role))
      .reverse()
  }

  /** Low priorities first, then the newest, who lose least. */
  #tasksBelow(agent: AgentRecord, role: string): TaskRecord[] {
    const tasks = [...agent.tasks]
      .filter((task) => task.holds && !isLeaving(task))
      .filter((task) => outranks(this.#ledger, role, task.role))
      .reverse()
    return tasks.sort((left, right) => {
      if (outranks(this.#ledger, left.role, right.role)) return 1
      return outranks(this.#ledger, right.role, left.role) ? -1 : 0
    })
  }

  /** Fewer tasks, then of lower roles, then fewer offers. */
  #isLess(eviction: Eviction, other: Eviction): boolean {
    const [tasks, others] = [eviction.tasks, other.tasks]
    if (tasks.length !== others.length) return tasks.length < others.length
    const [highest, othersHighest] = [tasks.at(-1)?.role ?? '', others.at(-1)?.role ?? '']
    if (outranks(this.#ledger, othersHighest, highest)) return true
    if (outranks(this.#ledger, highest, othersHighest)) return false
    return eviction.offers.length < other.offers.length
  }

  /** Whether the holder's role keeps what it is guaranteed; if so, it counts as released. */
  #maySpare({ role, resources }: Holder, released: Map<RoleRecord, Quantities>): boolean {
    const top = topRole(existing(this.#ledger.roles, role, 'role'))
    if (top.quota === undefined) return true
    const consumed = consumptionOf(top)
    const gone: Quantities = { ...(released.get(top) ?? this.#leavingFrom(top)) }
    addTo(gone, resources)
    for (const [name, guarantee] of Object.entries(top.quota.guarantees)) {
      const lost = gone[name]
      if (typeof lost !== 'number' || resources[name] === undefined) continue
      if ((consumed[name] ?? 0) - lost < guarantee) return false
    }
    released.set(top, gone)
    return true
  }

  #leavingFrom(top: RoleRecord): Quantities {
    const known = this.#leaving.get(top)
    if (known !== undefined) return known
    const leaving: Quantities = {}
    if (top.quota !== undefined) addLeaving(leaving, top)
    this.#leaving.set(top, leaving)
    return leaving
  }
}

/** It was told to end for somebody, and has not yet. */
function isLeaving({ holds, preemptedFor }: TaskRecord): boolean {
  return holds && preemptedFor !== undefined
}

function addLeaving(leaving: Quantities, role: RoleRecord): void {
  for (const { framework } of role.clients) {
    for (const task of framework.tasks.values()) {
      if (task.role === role.path && isLeaving(task)) addTo(leaving, task.resources)
    }
  }
  for (const child of role.children) addLeaving(leaving, child)
}

/** Names of which there is not enough; nothing when the wish fits. */
function shortOf(wanted: Wish, part: Readonly<Quantities>): Set<string> | undefined {
  if (allot(wanted, part) !== undefined) return undefined
  const keys = Object.keys(wanted)
  const short = keys.filter((key) => allot({ [key]: wanted[key] ?? 0 }, part) === undefined)
  return new Set((short.length > 0 ? short : keys).map(nameOf))
}

function helps({ resources }: Holder, short: ReadonlySet<string>): boolean {
  return Object.keys(resources).some((key) => short.has(nameOf(key)))
}

/** Later tasks may have made earlier ones needless; of those the most worth are spared first. */
function withoutNeedless(
  tasks: readonly TaskRecord[],
  room: Readonly<Quantities>,
  contender: Contender,
  wanted: Wish,
): readonly TaskRecord[] {
  let [needed, left] = [tasks, room]
  for (const task of tasks.toReversed()) {
    const rest = subtract(left, task.resources)
    if (shortOf(wanted, contender.partOf(rest)) !== undefined) continue
    left = rest
    needed = needed.filter((one) => one !== task)
  }
  return needed
}
