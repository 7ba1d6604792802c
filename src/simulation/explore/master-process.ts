import { type Envelope, MASTER } from '../../messages/index.ts'
import { audit } from '../../model/ledger/audit.ts'
import type { Ledger, LedgerOptions } from '../../model/ledger/ledger.ts'
import { nextRandom } from '../../model/random.ts'
import { isTerminal } from '../../model/task-states.ts'
import type { Timeouts } from '../../model/timeouts.ts'
import { doublyHeld } from '../properties/safety-nothing-held-twice.ts'
import { strayOffers } from '../properties/safety-offers-are-sound.ts'
import type { Part, Stepper } from './machine-part.ts'
import { ageLedger, normaliseLedger, sortTimers } from './normalise.ts'
import { emptyView, eventOf, type Move, type Outbox, type Process, type View } from './process.ts'

export interface MasterState {
  /** How often it was started: every run has ids of its own. */
  readonly run: number
  readonly part: Part<Ledger>
}

/** Timers that are no sign of anybody's being late. */
const kinds: Readonly<Record<string, Move['kind']>> = {
  'allocation.due': 'quiet',
  'offer.expired': 'quiet',
  'ping.due': 'ping',
}

/** The master, with the production machine. */
export class MasterProcess implements Process<MasterState> {
  readonly address = MASTER
  readonly #stepper: Stepper<Ledger>
  readonly #timeouts: Timeouts
  readonly #seeds = [seedWhere((value) => value < 0.5), seedWhere((value) => value >= 0.5)]

  constructor(stepper: Stepper<Ledger>, timeouts: Timeouts) {
    this.#stepper = stepper
    this.#timeouts = timeouts
  }

  begin(outbox: Outbox, before?: MasterState): MasterState {
    const run = (before?.run ?? 0) + 1
    const input: LedgerOptions = {
      masterId: run === 1 ? 'M' : `M${run}`,
      timeouts: this.#timeouts,
    }
    return { run, part: this.#stepper.begin(input, outbox.speakAs(MASTER)) }
  }

  hear({ part }: MasterState, envelope: Envelope, outbox: Outbox): void {
    this.#stepper.step(part, eventOf(envelope), outbox.speakAs(MASTER))
  }

  /** An allocation comes with the number of its first offer: `what` is `allocate/SEED/NUMBER`. */
  act({ part }: MasterState, { what, subject }: Pick<Move, 'what' | 'subject'>, outbox: Outbox) {
    const [, seed, offer] = what.split('/').map(Number)
    if (seed !== undefined && offer !== undefined) {
      part.book.seed = this.#seeds[seed] ?? 0
      part.book.nextOffer = offer
    }
    if (subject === 'batch') ageLedger(part.book, this.#timeouts.allocationIntervalMs)
    this.#stepper.fire(part, subject, outbox.speakAs(MASTER))
  }

  crash(): void {}

  normalise({ part }: MasterState): void {
    normaliseLedger(part.book)
    sortTimers(part)
  }

  view({ part: { book, timers } }: MasterState): View {
    const agents = [...book.agents.values()]
    const frameworks = [...book.frameworks.values()]
    const connected = [...agents, ...frameworks].filter(({ state }) => state === 'connected')
    return {
      ...emptyView,
      moves: [...timers].flatMap(([id, { type }]) => this.#movesOf(book, id, type)),
      problems: problemsOf(book),
      offers: [...book.offers.keys()].map(offerNumber),
      connected: connected.map(({ address }) => address),
      isMissing: agents.some(({ state }) => state === 'disconnected'),
      isDone: frameworks.every(({ tasks }) => tasks.size === 0),
      sights: [
        ...agents.map(({ state }) => `sometimes-agent-${state}`),
        ...frameworks.map(({ state }) => `sometimes-framework-${state}`),
      ].filter((sight) => isRare.has(sight)),
    }
  }

  #movesOf(book: Ledger, id: string, type: string): Move[] {
    if (id === 'heartbeat') return []
    const text = `timer ${type}`
    if (id !== 'allocation') {
      return [{ kind: kinds[type] ?? 'timeout', text, what: 'fire', subject: id }]
    }
    const isOpen = book.allWanted || book.candidates.size > 1
    const seeds = isOpen && book.agents.size > 1 ? [0, 1] : [0]
    return seeds.map((seed) => ({
      kind: 'urgent',
      text: 'looks at the pool',
      what: `allocate/${seed}`,
      subject: id,
    }))
  }
}

/** What the master's book shows when something rare has happened. */
export const masterSights: readonly string[] = [
  'sometimes-agent-disconnected',
  'sometimes-agent-unreachable',
  'sometimes-framework-disconnected',
  'sometimes-framework-recovered',
]
const isRare: ReadonlySet<string> = new Set(masterSights)

/** `M-O7` is number 7. */
export function offerNumber(offerId: string): number {
  return Number(offerId.slice(offerId.lastIndexOf('O') + 1))
}

function problemsOf(book: Ledger): string[] {
  return [
    ...audit(book).map((sentence) => `safety-books-balance: ${sentence}`),
    ...doublyHeld(book).map((sentence) => `safety-nothing-held-twice: ${sentence}`),
    ...strayOffers(book).map((sentence) => `safety-offers-are-sound: ${sentence}`),
    ...endedButHolding(book).map((sentence) => `safety-books-balance: ${sentence}`),
  ]
}

function endedButHolding(book: Ledger): string[] {
  return [...book.frameworks.values()].flatMap(({ tasks }) =>
    [...tasks.values()]
      .filter(({ state, holds }) => holds && isTerminal(state))
      .map(({ id, state }) => `${id} is ${state} and still holds its resources`),
  )
}

/** A seed whose first number is as wanted: it decides in which order two agents are looked at. */
function seedWhere(test: (value: number) => boolean): number {
  let seed = 1
  while (!test(nextRandom(seed).value)) seed++
  return seed
}
