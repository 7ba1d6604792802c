import { existing } from '../assert.ts'
import { isActive } from '../ledger/accounts.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { AgentRecord, OfferRecord, RoleRecord, TaskRecord } from '../ledger/records.ts'
import { topRole } from '../ledger/roles.ts'
import { allot } from '../resources/allot.ts'
import { addTo, plusAll, type Quantities } from '../resources/quantities.ts'
import type { Contender } from './contender.ts'
import { consumptionOf } from './quota-standing.ts'
import type { Round } from './round.ts'

/** An agent that would have room, and what has to leave it. */
export interface Eviction {
  readonly agent: AgentRecord
  readonly offers: readonly OfferRecord[]
  readonly tasks: readonly TaskRecord[]
}

/**
 * Finds room for what higher roles ask: on the agent where the fewest tasks of lower roles have to
 * end for it, of those the lowest and newest, never so many that a role falls below its guarantee
 * (Hindman et al., NSDI 2011, §3.3). It remembers what it found and who has to leave for it, so
 * that one room serves one demand.
 */
export class Preemption {
  readonly #ledger: Ledger
  readonly #round: Round
  /** What others were promised on an agent before. */
  readonly #promised = new Map<AgentRecord, Quantities>()
  /** What tasks still hold that are about to end, by the role whose quota counts. */
  readonly #leaving = new Map<RoleRecord, Quantities>()

  constructor(ledger: Ledger, round: Round) {
    this.#ledger = ledger
    this.#round = round
    for (const { killed } of ledger.agents.values()) {
      for (const task of killed.keys()) if (task.holds) this.#leave(task)
    }
  }

  /**
   * The smallest eviction that makes room for what the client asks, which is promised to it from
   * now on. Nothing has to leave when there is room without; nothing is returned when there is
   * no way, or when the client would not be offered the room.
   */
  evict(client: Contender, wanted: Readonly<Quantities>): Eviction | undefined {
    if (!this.#round.quotas.mayHave(client.standing, wanted)) return undefined
    let best: Eviction | undefined
    for (const agent of this.#ledger.agents.values()) {
      const eviction = this.#on(agent, client, wanted)
      if (eviction !== undefined && isSmaller(this.#ledger, eviction, best)) best = eviction
      if (best?.tasks.length === 0 && best.offers.length === 0) break
    }
    if (best === undefined) return undefined
    this.#promised.set(best.agent, this.#demandOn(best.agent, wanted))
    for (const task of best.tasks) this.#leave(task)
    return best
  }

  #on(agent: AgentRecord, client: Contender, wanted: Readonly<Quantities>): Eviction | undefined {
    if (!isActive(agent) || client.constraints?.allows(agent.info) === false) return
    if (this.#ledger.whitelist?.has(agent.info.hostname) === false) return
    const demand = this.#demandOn(agent, wanted)
    if (allot(demand, client.partOf(agent.total)) === undefined) return
    const own = heldInOffers(this.#ledger, agent, client)
    if (allot(demand, own) !== undefined) return { agent, offers: [], tasks: [] }
    const isRoom = (room: Readonly<Quantities>): boolean => {
      const part = this.#round.quotas.withinLimits(client.standing, client.partOf(room))
      return allot(demand, plusAll(own, part)) !== undefined
    }
    const leavers = this.#leaversOn(agent, client.role, isRoom)
    if (leavers === undefined) return
    // Room that the client refused, or has no use for, would go back to whoever had to leave it.
    if (!this.#round.wouldOffer(client, agent, roomOn(agent, leavers))) return
    const isTask = (leaver: Leaver): leaver is TaskRecord => 'holds' in leaver
    return {
      agent,
      offers: leavers.filter((leaver): leaver is OfferRecord => !isTask(leaver)),
      tasks: leavers.filter(isTask),
    }
  }

  /** Who has to leave so that there is room; each of them is needed for it. */
  #leaversOn(
    agent: AgentRecord,
    role: string,
    isRoom: (room: Readonly<Quantities>) => boolean,
  ): Leaver[] | undefined {
    const leaving = new Map(this.#leaving)
    let leavers: Leaver[] = []
    for (const leaver of inOrderOfWorth(this.#ledger, agent, role)) {
      if (isRoom(roomOn(agent, leavers))) break
      if (!maySpare(this.#ledger, leaver, leaving)) continue
      leavers.push(leaver)
    }
    if (!isRoom(roomOn(agent, leavers))) return undefined
    for (const leaver of [...leavers].reverse()) {
      const others = leavers.filter((other) => other !== leaver)
      if (isRoom(roomOn(agent, others))) leavers = others
    }
    return leavers
  }

  #demandOn(agent: AgentRecord, wanted: Readonly<Quantities>): Quantities {
    const demand: Quantities = { ...this.#promised.get(agent) }
    addTo(demand, wanted)
    return demand
  }

  #leave(task: TaskRecord): void {
    const top = topRole(existing(this.#ledger.roles, task.role, 'role'))
    this.#leaving.set(top, { ...plusAll(this.#leaving.get(top) ?? {}, task.resources) })
  }
}

/** Who can be made to leave an agent. */
type Leaver = OfferRecord | TaskRecord

/**
 * Whether a role comes before another: where their paths part, its priority is the higher one. A
 * role's own clients have no priority among the roles below it, as in the order of shares.
 */
export function outranks(ledger: Ledger, role: string, other: string): boolean {
  const [mine, theirs] = [role.split('/'), other.split('/')]
  let depth = 0
  while (mine[depth] !== undefined && mine[depth] === theirs[depth]) depth++
  const at = (path: string[]): number =>
    path.length > depth ? (ledger.priorities.get(path.slice(0, depth + 1).join('/')) ?? 0) : 0
  return at(mine) > at(theirs)
}

/** Fewer tasks, then of lower roles, then fewer offers. */
function isSmaller(
  ledger: Ledger,
  { tasks, offers }: Eviction,
  best: Eviction | undefined,
): boolean {
  if (best === undefined || tasks.length < best.tasks.length) return true
  if (tasks.length > best.tasks.length) return false
  const [highest = '', bestHighest = ''] = [tasks.at(-1)?.role, best.tasks.at(-1)?.role]
  if (outranks(ledger, bestHighest, highest)) return true
  if (outranks(ledger, highest, bestHighest)) return false
  return offers.length < best.offers.length
}

/** What the client was offered on the agent and has not answered. */
function heldInOffers(ledger: Ledger, agent: AgentRecord, client: Contender): Quantities {
  const held: Quantities = {}
  for (const offer of offersOn(ledger, agent)) {
    if (offer.client === client.record) addTo(held, offer.resources)
  }
  return held
}

/** What is free on the agent when these have left, and those that were sent away before. */
function roomOn(agent: AgentRecord, leavers: readonly Leaver[]): Quantities {
  const room: Quantities = { ...agent.free }
  for (const task of agent.tasks) if (task.holds && task.preemptedFor) addTo(room, task.resources)
  for (const { resources } of leavers) addTo(room, resources)
  return room
}

/** Whom to send away first: offers, then tasks of low priority, of those the newest. */
function inOrderOfWorth(ledger: Ledger, agent: AgentRecord, role: string): Leaver[] {
  const tasks = [...agent.tasks]
    .filter((task) => task.holds && task.preemptedFor === undefined)
    .filter((task) => outranks(ledger, role, task.role))
    .reverse()
    .sort((left, right) => {
      if (outranks(ledger, left.role, right.role)) return 1
      return outranks(ledger, right.role, left.role) ? -1 : 0
    })
  return [
    ...offersOn(ledger, agent)
      .filter((offer) => outranks(ledger, role, offer.role))
      .reverse(),
    ...tasks,
  ]
}

function offersOn(ledger: Ledger, agent: AgentRecord): OfferRecord[] {
  return [...agent.offers].map((id) => existing(ledger.offers, id, 'offer'))
}

/** Whether the role keeps what it is guaranteed without this; if so, it counts as gone. */
function maySpare(
  ledger: Ledger,
  { role, resources }: Leaver,
  leaving: Map<RoleRecord, Quantities>,
): boolean {
  const top = topRole(existing(ledger.roles, role, 'role'))
  const consumed = consumptionOf(top)
  const gone: Quantities = { ...leaving.get(top) }
  addTo(gone, resources)
  for (const [name, guarantee] of Object.entries(top.quota?.guarantees ?? {})) {
    const lost = gone[name]
    if (typeof lost !== 'number' || !(name in resources)) continue
    if ((consumed[name] ?? 0) - lost < guarantee) return false
  }
  leaving.set(top, gone)
  return true
}
