import type { Message, TaskStatus } from '../../messages/index.ts'
import { answeredBy } from '../properties/offer-register.ts'
import { type Messages, maskOf } from './lanes.ts'
import type { Layout } from './layout.ts'
import { masterSights, offerNumber } from './master-process.ts'
import { runAgain } from './scheduler-process.ts'

/** A scheduler answers an offer that is over. */
const lateAnswer = 'sometimes-late-answer'

/** A message on its way that shows that something rare has happened. */
const inMessages: Readonly<Record<string, (message: Message) => boolean>> = {
  'sometimes-declined': ({ type }) => type === 'allocation.decline',
  'sometimes-rescinded': ({ type }) => type === 'allocation.rescind',
  'sometimes-killed': ({ type }) => type === 'task.kill',
  'sometimes-reconciled': (message) =>
    message.type === 'task.reconcile' && message.tasks.length > 0,
  'sometimes-failed-over': ({ type }) => type === 'lifecycle.reregister',
  'sometimes-agent-returned': ({ type }) => type === 'lifecycle.reregisterAgent',
  'sometimes-link-broken': ({ type }) => type === 'lifecycle.exited',
  'sometimes-failed': (message) => tells(message, 'TASK_FAILED'),
  'sometimes-lost': (message) => tells(message, 'TASK_LOST'),
  'sometimes-dropped': (message) => tells(message, 'TASK_DROPPED'),
  'sometimes-unreachable': (message) => tells(message, 'TASK_UNREACHABLE'),
}

function tells(message: Message, state: TaskStatus['state']): boolean {
  if (message.type !== 'task.update') return false
  return message.updates.some((update) => !('status' in update) && update.state === state)
}

/** Counts in how many different worlds rare things can be seen, or a search proves nothing. */
export class Sights {
  readonly counts: Record<string, number> = {}
  readonly #layout: Layout
  readonly #messages: Messages
  /** By number of message: the names of what it shows. */
  readonly #shown: (readonly string[])[] = []
  /** By number of message: the offers that it answers. */
  readonly #answered: number[] = []

  constructor(layout: Layout) {
    this.#layout = layout
    this.#messages = layout.parts.messages
    for (const name of [...Object.keys(inMessages), lateAnswer, runAgain, ...masterSights]) {
      this.counts[name] = 0
    }
  }

  note(row: Int32Array): void {
    const { seats, laneCount } = this.#layout
    const outstanding = seats[0]?.glance(row[0] ?? 0).offers ?? 0
    const seen = new Set<string>()
    for (const [index, seat] of seats.entries()) {
      for (const name of seat.glance(row[index] ?? 0).sights) seen.add(name)
    }
    for (let lane = 0; lane < laneCount; lane++) {
      for (const message of this.#layout.laneOf(row, lane)) {
        for (const name of this.#shownBy(message)) seen.add(name)
        if (((this.#answered[message] ?? 0) & ~outstanding) !== 0) seen.add(lateAnswer)
      }
    }
    for (const name of seen) this.counts[name] = (this.counts[name] ?? 0) + 1
  }

  #shownBy(number: number): readonly string[] {
    const known = this.#shown[number]
    if (known !== undefined) return known
    const { message } = this.#messages.get(number)
    const names = Object.keys(inMessages).filter((name) => inMessages[name]?.(message))
    this.#shown[number] = names
    this.#answered[number] = maskOf((answeredBy(message) ?? []).map(offerNumber))
    return names
  }
}
