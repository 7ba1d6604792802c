import { MASTER } from '../../messages/index.ts'
import { assert } from '../../model/assert.ts'
import { actionOf } from './actions.ts'
import { type Fault, spent } from './budget.ts'
import { choices, crashCost, moveCosts, type Offered } from './choices.ts'
import { isNotice } from './lanes.ts'
import { Layout, type LayoutParts } from './layout.ts'
import type { Reaction } from './seat.ts'

/** What an action leads to. */
export interface Outcome {
  /** The world after it: a row that the next outcome is written to as well. */
  readonly row: Int32Array
  /** What a process did; nothing when a message got lost. */
  readonly reaction: Reaction | undefined
}

/** What can happen in a world, and what it leads to. */
export class Rules {
  readonly layout: Layout
  readonly #seatAt: ReadonlyMap<string, number>
  readonly #next: Int32Array

  constructor(parts: LayoutParts) {
    this.layout = new Layout(parts)
    this.#seatAt = new Map(parts.seats.map(({ address }, index) => [address, index]))
    this.#next = new Int32Array(this.layout.width)
  }

  /** The first world: every process has begun. */
  first(budget: number): Int32Array {
    const { seats, width, budgetAt } = this.layout
    const row = new Int32Array(width)
    row[budgetAt] = budget
    for (const [index, seat] of seats.entries()) {
      const { next, sends } = seat.begin()
      row[index] = next
      this.#send(row, sends)
    }
    return row
  }

  /** Everything that can happen; reduced as `choices` says. */
  choices(row: Int32Array, isReduced: boolean, offer: Offered): void {
    choices(this.layout, row, isReduced, offer)
  }

  /** Takes an action that can be taken. */
  take(row: Int32Array, code: number): Outcome {
    const { name, place, index } = actionOf(code)
    this.#next.set(row)
    switch (name) {
      case 'deliver':
      case 'duplicate':
        return this.#deliver(place, name === 'duplicate')
      case 'lose':
        return this.#lose(place)
      case 'move':
      case 'early':
        return this.#move(place, index, name === 'early')
      case 'crash':
        return this.#crash(place, index === 1)
    }
  }

  #deliver(lane: number, isTwice: boolean): Outcome {
    const { lanes } = this.layout.parts
    const row = this.#next
    const at = this.layout.lane0 + lane
    const seat = lane % 2 === 0 ? 0 : (lane >> 1) + 1
    const message = lanes.head(row[at] ?? 0)
    if (isTwice) this.#pay('duplicates')
    else row[at] = lanes.rest(row[at] ?? 0)
    return this.#react(seat, this.#seat(seat).hear(row[seat] ?? 0, message))
  }

  /** A message to an agent is lost only with its link, which the master notices. */
  #lose(lane: number): Outcome {
    const { agents, lanes } = this.layout.parts
    const row = this.#next
    const at = this.layout.lane0 + lane
    const seat = (lane >> 1) + 1
    this.#pay('losses')
    row[at] = lanes.rest(row[at] ?? 0)
    if (lane % 2 === 1 && seat <= agents) this.#notice(row, seat, 'messages to it were lost')
    return { row, reaction: undefined }
  }

  #move(seat: number, index: number, isEarly: boolean): Outcome {
    const row = this.#next
    const move = this.layout.glance(row, seat).moves[index]
    assert(move !== undefined, () => `seat ${seat} has no move ${index}`)
    const cost = isEarly ? 'timeouts' : moveCosts[move.kind]
    if (cost !== undefined) this.#pay(cost)
    const { what, subject } = move
    const isAllocation = what.startsWith('allocate')
    const full = isAllocation ? { what: `${what}/${this.#freeOffer(row)}`, subject } : move
    const reaction = this.#seat(seat).act(row[seat] ?? 0, full)
    if (move.kind === 'restart') this.#forgetWords(row, seat)
    return this.#react(seat, reaction)
  }

  /**
   * What is on its way to it is lost; what it said may still arrive. The master is replaced at
   * once, and whatever was said to the old one is lost, too.
   */
  #crash(seat: number, isNoticed: boolean): Outcome {
    const row = this.#next
    this.#pay(crashCost(this.layout, seat))
    const reaction = this.#seat(seat).crash(row[seat] ?? 0, seat === 0)
    if (seat === 0) row.fill(0, this.layout.lane0, this.layout.budgetAt)
    else row[this.layout.laneTo(seat)] = 0
    if (isNoticed) this.#notice(row, seat, 'it died')
    return this.#react(seat, reaction)
  }

  #react(seat: number, reaction: Reaction): Outcome {
    const row = this.#next
    row[seat] = reaction.next
    this.#send(row, reaction.sends)
    return { row, reaction }
  }

  #seat(seat: number) {
    const actor = this.layout.seats[seat]
    assert(actor !== undefined, () => `there is no seat ${seat}`)
    return actor
  }

  #pay(fault: Fault): void {
    const at = this.layout.budgetAt
    this.#next[at] = spent(this.#next[at] ?? 0, fault)
  }

  /** The words of the dead never arrive beside those of a successor; that they died may. */
  #forgetWords(row: Int32Array, seat: number): void {
    const { messages, lanes } = this.layout.parts
    const at = this.layout.laneTo(seat) - 1
    let left = 0
    for (const number of lanes.itemsOf(row[at] ?? 0)) {
      if (isNotice(messages.get(number))) left = lanes.push(left, number)
    }
    row[at] = left
  }

  #notice(row: Int32Array, seat: number, reason: string): void {
    const { messages, lanes } = this.layout.parts
    const { address } = this.#seat(seat)
    const message = { type: 'lifecycle.exited', address, reason } as const
    const number = messages.numberOf({ from: address, to: MASTER, message })
    const at = this.layout.laneTo(seat) - 1
    row[at] = lanes.push(row[at] ?? 0, number)
  }

  #send(row: Int32Array, sends: readonly number[]): void {
    const { messages, lanes } = this.layout.parts
    for (const number of sends) {
      const { from, to } = messages.get(number)
      const isToMaster = to === MASTER
      const seat = this.#seatAt.get(isToMaster ? from : to)
      if (seat === undefined) continue
      if (!isToMaster && this.layout.glance(row, seat).isAbsent) continue
      const at = this.layout.laneTo(seat) - (isToMaster ? 1 : 0)
      row[at] = lanes.push(row[at] ?? 0, number)
    }
  }

  /** The number of the next offer: one that nobody in the world remembers, nor the few after it. */
  #freeOffer(row: Int32Array): number {
    const { lanes, agents } = this.layout.parts
    let taken = 0
    for (let seat = 0; seat < this.layout.lane0; seat++) {
      taken |= this.layout.glance(row, seat).offers
    }
    for (let at = this.layout.lane0; at < this.layout.budgetAt; at++) {
      taken |= lanes.offersOf(row[at] ?? 0)
    }
    const room = (1 << agents) - 1
    let number = 0
    while ((taken & (room << number)) !== 0) number++
    return number
  }
}
