import { type Envelope, MASTER } from '../../messages/index.ts'
import type { Mark } from '../../model/turn.ts'
import { answeredBy } from '../properties/offer-register.ts'
import type { Codec } from './codec.ts'
import { type Messages, maskOf, wordsMax } from './lanes.ts'
import { type Move, Outbox, type Process, type View } from './process.ts'

/** What one step of one process comes to. */
export interface Reaction {
  /** The number of what it knows after that. */
  readonly next: number
  /** The messages that it sent, by number. */
  readonly sends: readonly number[]
  /** What was wrong, as `property: sentence`. */
  readonly problems: readonly string[]
  readonly marks: readonly Mark[]
}

/** What is to be known of a state of one process, in numbers. */
export interface Glance extends Omit<View, 'offers'> {
  readonly offers: number
  /** It has something to do that takes no time. */
  readonly isBusy: boolean
}

/** What all seats of an exploration share. */
export interface Registers {
  readonly codec: Codec
  readonly messages: Messages
  /** Marks that only a bug can cause. */
  readonly forbidden: ReadonlySet<string>
  /** Remembers no step: each is taken anew. For tests of the memory. */
  readonly isForgetful: boolean
}

/**
 * The place of one process in the world. It numbers everything the process can know, and remembers
 * every step: what leads where is computed once, however many worlds have it in common.
 */
export class Seat {
  readonly address: string
  readonly #registers: Registers
  readonly #numbers = new Map<string, number>()
  readonly #texts: string[] = []
  readonly #glances: Glance[] = []
  readonly #reactions = new Map<number, Reaction>()
  readonly #stimuli = new Map<string, number>()
  readonly #take: (text: string | undefined, stimulus: Stimulus, outbox: Outbox) => Taken

  constructor(process: Process<object>, registers: Registers) {
    this.address = process.address
    this.#registers = registers
    this.#take = (text, stimulus, outbox) => take(process, registers.codec, text, stimulus, outbox)
  }

  /** How many different states it had so far. */
  get size(): number {
    return this.#texts.length
  }

  /** How many different steps it took so far. */
  get steps(): number {
    return this.#reactions.size
  }

  begin(): Reaction {
    return this.#react(undefined, { type: 'begin' })
  }

  hear(state: number, message: number): Reaction {
    return this.#recall(state, message, () => ({
      type: 'hear',
      envelope: this.#registers.messages.get(message),
    }))
  }

  act(state: number, { what, subject }: Pick<Move, 'what' | 'subject'>): Reaction {
    const stimulus = this.#stimulus(`${what} ${subject}`)
    return this.#recall(state, stimulus, () => ({ type: 'act', what, subject }))
  }

  /** It dies, or is replaced at once. */
  crash(state: number, isReplaced: boolean): Reaction {
    const type = isReplaced ? 'replace' : 'crash'
    return this.#recall(state, this.#stimulus(type), () => ({ type }))
  }

  glance(state: number): Glance {
    const glance = this.#glances[state]
    if (glance === undefined) throw new Error(`${this.address} has no state ${state}`)
    return glance
  }

  textOf(state: number): string {
    return this.#texts[state] ?? ''
  }

  /** Numbers above those of messages. */
  #stimulus(text: string): number {
    const known = this.#stimuli.get(text) ?? wordsMax + this.#stimuli.size
    this.#stimuli.set(text, known)
    return known
  }

  #recall(state: number, stimulus: number, what: () => Stimulus): Reaction {
    const key = state * 2 * wordsMax + stimulus
    const known = this.#registers.isForgetful ? undefined : this.#reactions.get(key)
    if (known !== undefined) return known
    const reaction = this.#react(state, what())
    this.#reactions.set(key, reaction)
    return reaction
  }

  #react(state: number | undefined, stimulus: Stimulus): Reaction {
    const outbox = new Outbox()
    const text = state === undefined ? undefined : this.#texts[state]
    try {
      const taken = this.#take(text, stimulus, outbox)
      const known = state === undefined ? 0 : this.glance(state).offers
      const problems = problemsIn(outbox, this.#registers.forbidden, known, stimulus)
      const sends = outbox.sends.map((envelope) => this.#registers.messages.numberOf(envelope))
      return { next: this.#numberOf(taken), sends, problems, marks: outbox.marks }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const problems = [`safety-nobody-breaks: ${this.address} ended: ${reason}`]
      return { next: state ?? 0, sends: [], problems, marks: outbox.marks }
    }
  }

  #numberOf({ text, view }: Taken): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const number = this.#texts.length
    this.#numbers.set(text, number)
    this.#texts.push(text)
    const { offers, ...others } = view()
    const isBusy = others.moves.some(({ kind }) => kind === 'urgent' || kind === 'choice')
    this.#glances.push({ ...others, offers: maskOf(offers), isBusy })
    return number
  }
}

type Stimulus =
  | { readonly type: 'begin' | 'crash' | 'replace' }
  | { readonly type: 'hear'; readonly envelope: Envelope }
  | ({ readonly type: 'act' } & Pick<Move, 'what' | 'subject'>)

interface Taken {
  readonly text: string
  readonly view: () => View
}

/** The one place where a step is really taken, on a copy that nobody else has. */
function take<State extends object>(
  process: Process<State>,
  codec: Codec,
  text: string | undefined,
  stimulus: Stimulus,
  outbox: Outbox,
): Taken {
  const before = text === undefined ? undefined : codec.decode<State>(text)
  let state = before
  if (stimulus.type === 'begin' || stimulus.type === 'replace')
    state = process.begin(outbox, before)
  else if (before !== undefined) {
    if (stimulus.type === 'hear') process.hear(before, stimulus.envelope, outbox)
    else if (stimulus.type === 'act') process.act(before, stimulus, outbox)
    else process.crash(before)
  }
  if (state === undefined) throw new Error(`${process.address} has not begun`)
  const after = state
  process.normalise(after)
  return { text: codec.encode(after), view: () => process.view(after) }
}

/** What is wrong with a step, whatever the book says after it. */
function problemsIn(
  { marks, sends }: Outbox,
  forbidden: ReadonlySet<string>,
  known: number,
  stimulus: Stimulus,
): string[] {
  const problems = marks
    .filter(({ name }) => forbidden.has(name))
    .map(({ name, detail }) => `safety-nobody-breaks: ${name}: ${detail}`)
  if (stimulus.type !== 'hear' || stimulus.envelope.to !== MASTER) return problems
  const answered = answeredBy(stimulus.envelope.message) ?? []
  const launches = sends.some(({ to, message }) => {
    return to.startsWith('agent/') && message.type === 'task.launch'
  })
  const isDead = answered.some((id) => (known & maskOf([Number(id.split('O').at(-1))])) === 0)
  if (!launches || !isDead) return problems
  return [...problems, `safety-dead-offers-never-launch: ${answered.join(', ')} launched, but over`]
}
