import { type Envelope, MASTER } from '../../messages/index.ts'
import { assert } from '../../model/assert.ts'
import { type Fault, left, spent } from './budget.ts'
import type { Lanes, Messages } from './lanes.ts'
import type { Move } from './process.ts'
import type { Reaction, Seat } from './seat.ts'

/** What can happen in a world; an action is one of these with two small numbers, in one number. */
export const actions = ['deliver', 'lose', 'duplicate', 'move', 'crash'] as const
export type ActionName = (typeof actions)[number]

export interface Action {
  readonly name: ActionName
  /** The lane, or the seat. */
  readonly place: number
  /** Which of its moves; for a crash, whether the master notices. */
  readonly index: number
}

export function codeOf(name: ActionName, place: number, index = 0): number {
  return (actions.indexOf(name) << 16) | (place << 8) | index
}

export function actionOf(code: number): Action {
  const name = actions[code >>> 16]
  assert(name !== undefined, () => `${code} is no action`)
  return { name, place: (code >>> 8) & 255, index: code & 255 }
}

/** Is told of every world that is one step away, in a row that is used again. */
export type Visit = (action: number, row: Int32Array, reaction: Reaction | undefined) => void

/** What a kind of move costs. */
const costs: Partial<Readonly<Record<Move['kind'], Fault>>> = {
  timeout: 'timeouts',
  kill: 'kills',
  break: 'executorCrashes',
}

const crashes: Readonly<Record<string, Fault>> = {
  master: 'masterCrashes',
  agent: 'agentCrashes',
  scheduler: 'schedulerCrashes',
}

export interface RulesParts {
  /** The master first, then the agents, then the schedulers. */
  readonly seats: readonly Seat[]
  readonly agents: number
  readonly messages: Messages
  readonly lanes: Lanes
}

/**
 * What can happen next in a world, and what it leads to. A world is a row of numbers: what each
 * seat knows, what is on each lane (to the master and back, for each other seat), and the faults
 * that are left.
 */
export class Rules {
  readonly width: number
  readonly #parts: RulesParts
  readonly #seatAt: ReadonlyMap<string, number>
  readonly #lane0: number
  readonly #budgetAt: number
  /** The row that visitors are shown. */
  readonly #next: Int32Array

  constructor(parts: RulesParts) {
    this.#parts = parts
    const { length } = parts.seats
    this.#seatAt = new Map(parts.seats.map(({ address }, index) => [address, index]))
    this.#lane0 = length
    this.#budgetAt = length + 2 * (length - 1)
    this.width = this.#budgetAt + 1
    this.#next = new Int32Array(this.width)
  }

  get seats(): readonly Seat[] {
    return this.#parts.seats
  }

  /** The first row: every process has begun. */
  first(budget: number): Int32Array {
    const row = new Int32Array(this.width)
    row[this.#budgetAt] = budget
    for (const [index, seat] of this.seats.entries()) {
      const { next, sends } = seat.begin()
      row[index] = next
      this.#send(row, sends)
    }
    return row
  }

  /** The faults that are left. */
  budgetOf(row: Int32Array): number {
    return row[this.#budgetAt] ?? 0
  }

  withBudget(row: Int32Array, budget: number): Int32Array {
    const copy = row.slice()
    copy[this.#budgetAt] = budget
    return copy
  }

  /** The messages on a lane, and whose it is. */
  laneOf(row: Int32Array, lane: number): readonly number[] {
    return this.#parts.lanes.itemsOf(row[this.#lane0 + lane] ?? 0)
  }

  get laneCount(): number {
    return this.#budgetAt - this.#lane0
  }

  /** Nothing is on its way and nobody has anything urgent to do: time may pass. */
  isQuiet(row: Int32Array): boolean {
    for (let at = this.#lane0; at < this.#budgetAt; at++) if (row[at] !== 0) return false
    return this.seats.every((seat, index) =>
      seat
        .glance(row[index] ?? 0)
        .moves.every(({ kind }) => kind !== 'urgent' && kind !== 'choice'),
    )
  }

  /** Everything that can happen. */
  successors(row: Int32Array, visit: Visit): void {
    const { lanes, seats, agents, messages } = this.#parts
    const budget = this.budgetOf(row)
    for (let lane = 0; lane < this.laneCount; lane++) {
      const content = row[this.#lane0 + lane] ?? 0
      if (content === 0) continue
      this.#deliver(row, lane, codeOf('deliver', lane), true, visit)
      if (isNotice(messages.get(lanes.head(content)))) continue
      if (left(budget, 'losses') > 0) this.#lose(row, lane, visit)
      if (left(budget, 'duplicates') > 0) this.#duplicate(row, lane, visit)
    }
    const isQuiet = this.isQuiet(row)
    for (const [index, seat] of seats.entries()) {
      const { moves, isAbsent } = seat.glance(row[index] ?? 0)
      for (const [which, move] of moves.entries()) {
        this.#move(row, { seat: index, which, move, isQuiet }, visit)
      }
      if (isAbsent) continue
      const role = index === 0 ? 'master' : index <= agents ? 'agent' : 'scheduler'
      const fault = crashes[role]
      if (fault === undefined || left(budget, fault) === 0) continue
      this.#crash(row, index, spent(budget, fault), 0, visit)
      if (index > 0) this.#crash(row, index, spent(budget, fault), 1, visit)
    }
  }

  #deliver(row: Int32Array, lane: number, code: number, taken: boolean, visit: Visit): void {
    const { lanes, seats } = this.#parts
    const content = row[this.#lane0 + lane] ?? 0
    const seat = lane % 2 === 0 ? 0 : (lane >> 1) + 1
    const reaction = seats[seat]?.hear(row[seat] ?? 0, lanes.head(content))
    if (reaction === undefined) return
    const next = this.#copy(row)
    if (taken) next[this.#lane0 + lane] = lanes.rest(content)
    else next[this.#budgetAt] = spent(this.budgetOf(row), 'duplicates')
    next[seat] = reaction.next
    this.#send(next, reaction.sends)
    visit(code, next, reaction)
  }

  #duplicate(row: Int32Array, lane: number, visit: Visit): void {
    this.#deliver(row, lane, codeOf('duplicate', lane), false, visit)
  }

  /** A message to an agent is lost only with its link, which the master notices. */
  #lose(row: Int32Array, lane: number, visit: Visit): void {
    const { agents, lanes } = this.#parts
    const next = this.#copy(row)
    next[this.#budgetAt] = spent(this.budgetOf(row), 'losses')
    next[this.#lane0 + lane] = lanes.rest(row[this.#lane0 + lane] ?? 0)
    const seat = (lane >> 1) + 1
    if (lane % 2 === 1 && seat <= agents) this.#notice(next, seat, 'messages to it were lost')
    visit(codeOf('lose', lane), next, undefined)
  }

  #move(
    row: Int32Array,
    { seat, which, move, isQuiet }: { seat: number; which: number; move: Move; isQuiet: boolean },
    visit: Visit,
  ): void {
    const budget = this.#afford(row, seat, move, isQuiet)
    const actor = this.seats[seat]
    if (budget === undefined || actor === undefined) return
    const what = move.what.startsWith('allocate')
      ? { what: `${move.what}/${this.#freeOffer(row)}`, subject: move.subject }
      : move
    const reaction = actor.act(row[seat] ?? 0, what)
    const next = this.#copy(row)
    next[this.#budgetAt] = budget
    next[seat] = reaction.next
    if (move.kind === 'restart') this.#forgetWords(next, seat)
    this.#send(next, reaction.sends)
    visit(codeOf('move', seat, which), next, reaction)
  }

  /** The budget after a move; nothing when it cannot happen now. */
  #afford(row: Int32Array, seat: number, { kind }: Move, isQuiet: boolean): number | undefined {
    const budget = this.budgetOf(row)
    const cost = costs[kind]
    if (cost !== undefined) return left(budget, cost) > 0 ? spent(budget, cost) : undefined
    if (kind === 'urgent' || kind === 'choice' || kind === 'work' || kind === 'restart')
      return budget
    const isMeant =
      kind === 'quiet' ||
      (kind === 'silence' && !this.#isKnown(row, seat)) ||
      (kind === 'ping' && this.#isMissed(row))
    if (isQuiet && isMeant) return budget
    if (kind === 'ping' || left(budget, 'timeouts') === 0) return undefined
    return spent(budget, 'timeouts')
  }

  /** Whether the master would give this process signs of life. */
  #isKnown(row: Int32Array, seat: number): boolean {
    const address = this.seats[seat]?.address ?? ''
    return this.seats[0]?.glance(row[0] ?? 0).connected.includes(address) === true
  }

  /** Whether pings would find out anything. */
  #isMissed(row: Int32Array): boolean {
    const { seats, agents } = this.#parts
    if (seats[0]?.glance(row[0] ?? 0).isMissing) return true
    for (let seat = 1; seat <= agents; seat++) {
      if (seats[seat]?.glance(row[seat] ?? 0).isAbsent && this.#isKnown(row, seat)) return true
    }
    return false
  }

  /** What is on its way to it is lost; what it said may still arrive. */
  #crash(row: Int32Array, seat: number, budget: number, isNoticed: 0 | 1, visit: Visit): void {
    const reaction = this.seats[seat]?.crash(row[seat] ?? 0, seat === 0)
    if (reaction === undefined) return
    const next = this.#copy(row)
    next[this.#budgetAt] = budget
    next[seat] = reaction.next
    if (seat === 0) next.fill(0, this.#lane0, this.#budgetAt)
    else next[this.#laneFrom(seat)] = 0
    if (isNoticed === 1) this.#notice(next, seat, 'it died')
    this.#send(next, reaction.sends)
    visit(codeOf('crash', seat, isNoticed), next, reaction)
  }

  /** The words of the dead never arrive beside those of a successor; that they died may. */
  #forgetWords(row: Int32Array, seat: number): void {
    const { messages, lanes } = this.#parts
    const at = this.#laneFrom(seat) - 1
    let left = 0
    for (const number of lanes.itemsOf(row[at] ?? 0)) {
      if (isNotice(messages.get(number))) left = lanes.push(left, number)
    }
    row[at] = left
  }

  #notice(row: Int32Array, seat: number, reason: string): void {
    const { messages, lanes } = this.#parts
    const address = this.seats[seat]?.address ?? ''
    const message = { type: 'lifecycle.exited', address, reason } as const
    const number = messages.numberOf({ from: address, to: MASTER, message })
    const lane = this.#laneFrom(seat) - 1
    row[lane] = lanes.push(row[lane] ?? 0, number)
  }

  #send(row: Int32Array, sends: readonly number[]): void {
    const { messages, lanes, seats } = this.#parts
    for (const number of sends) {
      const { from, to } = messages.get(number)
      const isToMaster = to === MASTER
      const seat = this.#seatAt.get(isToMaster ? from : to)
      if (seat === undefined) continue
      if (!isToMaster && seats[seat]?.glance(row[seat] ?? 0).isAbsent) continue
      const lane = this.#laneFrom(seat) - (isToMaster ? 1 : 0)
      row[lane] = lanes.push(row[lane] ?? 0, number)
    }
  }

  /** Where the lane from the master to the seat is kept; the one before leads back. */
  #laneFrom(seat: number): number {
    return this.#lane0 + 2 * (seat - 1) + 1
  }

  /** The number of the next offer: one that nobody in the world remembers, nor the few after it. */
  #freeOffer(row: Int32Array): number {
    const { lanes, seats, agents } = this.#parts
    let taken = 0
    for (const [index, seat] of seats.entries()) taken |= seat.glance(row[index] ?? 0).offers
    for (let at = this.#lane0; at < this.#budgetAt; at++) taken |= lanes.offersOf(row[at] ?? 0)
    const room = (1 << agents) - 1
    let number = 0
    while ((taken & (room << number)) !== 0) number++
    return number
  }

  #copy(row: Int32Array): Int32Array {
    this.#next.set(row)
    return this.#next
  }
}

/** What the master's own side of a link notices; that is never lost. */
function isNotice({ message }: Envelope): boolean {
  return message.type === 'lifecycle.exited'
}
