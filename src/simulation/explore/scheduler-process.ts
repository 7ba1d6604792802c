import type { EventObject } from 'xstate'
import type { Address, Envelope, FrameworkInfo, Offer } from '../../messages/index.ts'
import { assert } from '../../model/assert.ts'
import type {
  SchedulerBook,
  SchedulerEffect,
  SchedulerOptions,
} from '../../model/scheduler/book.ts'
import type { Timeouts } from '../../model/timeouts.ts'
import type { Part, Stepper } from './machine-part.ts'
import { offerNumber } from './master-process.ts'
import { normaliseSchedulerBook, sortTimers } from './normalise.ts'
import { choicesOf, decide, hearNotice, isRemoval, newDisk, type OwnerDisk } from './owner.ts'
import { emptyView, eventOf, type Move, Outbox, type Process, type View } from './process.ts'

/** A scheduler, its owner, and the disk that outlives both. */
export interface SchedulerState {
  /** Nothing while it is down. */
  scheduler: Part<SchedulerBook> | undefined
  readonly disk: OwnerDisk
  hand: Map<string, Offer>
  isSuppressed: boolean
}

export interface SchedulerParts {
  readonly scheduler: Stepper<SchedulerBook>
  readonly info: FrameworkInfo
  readonly jobIds: readonly string[]
  readonly timeouts: Timeouts
}

/** A job that was lost is begun anew. */
export const runAgain = 'sometimes-run-again'

/** The process of one framework: the production scheduler, and an owner who decides. */
export class SchedulerProcess implements Process<SchedulerState> {
  readonly address: Address
  readonly #parts: SchedulerParts

  constructor(parts: SchedulerParts) {
    this.#parts = parts
    this.address = `scheduler/${parts.info.name}`
  }

  begin(outbox: Outbox, before?: SchedulerState): SchedulerState {
    const { scheduler, info, timeouts, jobIds } = this.#parts
    const disk = before?.disk ?? newDisk(jobIds)
    const { frameworkId } = disk
    const input: SchedulerOptions = {
      address: this.address,
      info,
      timeouts,
      seed: 1,
      ...(frameworkId !== undefined && { frameworkId }),
    }
    const part = scheduler.begin(input, outbox.speakAs(this.address))
    return { scheduler: part, disk, hand: new Map(), isSuppressed: false }
  }

  hear(state: SchedulerState, envelope: Envelope, outbox: Outbox): void {
    this.#settle(state, [eventOf(envelope)], outbox)
  }

  act(state: SchedulerState, move: Pick<Move, 'what' | 'subject'>, outbox: Outbox): void {
    if (move.what === 'restart') Object.assign(state, this.begin(outbox, state))
    else if (move.what === 'fire') {
      const event = state.scheduler?.timers.get(move.subject)
      state.scheduler?.timers.delete(move.subject)
      if (event !== undefined) this.#settle(state, [event], outbox)
    } else this.#settle(state, decide(state.disk, state, move), outbox)
  }

  crash(state: SchedulerState): void {
    state.scheduler = undefined
    state.hand.clear()
    state.isSuppressed = false
  }

  normalise({ scheduler }: SchedulerState): void {
    if (scheduler === undefined) return
    normaliseSchedulerBook(scheduler.book)
    sortTimers(scheduler)
  }

  view(state: SchedulerState): View {
    const { scheduler, disk, hand } = state
    const { problems, jobs } = disk
    const isDone = jobs.every(({ phase }) => phase === 'ended')
    const sights = jobs.some(({ attempts }) => attempts > 1) ? [runAgain] : []
    const shared = { ...emptyView, problems, isDone, sights }
    if (scheduler === undefined) {
      const restart = {
        kind: 'restart',
        text: 'starts again',
        what: 'restart',
        subject: '',
      } as const
      return { ...shared, isAbsent: true, moves: [restart] }
    }
    const known = new Set([...scheduler.book.offers.keys(), ...hand.keys()])
    const timers = [...scheduler.timers].map(([id, { type }]): Move => {
      return {
        kind: timerKind(id, scheduler.book),
        text: `timer ${type}`,
        what: 'fire',
        subject: id,
      }
    })
    const moves = [...timers, ...choicesOf(disk, state)]
    return { ...shared, moves, offers: [...known].map(offerNumber) }
  }

  /** The machine hears the events; what it tells its owner leads to calls, which it hears next. */
  #settle(state: SchedulerState, first: readonly EventObject[], outbox: Outbox): void {
    const events = [...first]
    for (let event = events.shift(); event !== undefined; event = events.shift()) {
      if (state.scheduler === undefined) return
      const said = new Outbox().speakAs(this.address)
      this.#parts.scheduler.step(state.scheduler, event, said)
      for (const { name, detail } of said.marks) outbox.mark(name, detail)
      outbox.speakAs(this.address)
      for (const { to, message } of said.sends) outbox.send(to, message)
      for (const { params } of said.effects) {
        assert(isNotify(params), () => `a scheduler asks for ${JSON.stringify(params)}`)
        const { notice } = params
        if (notice.type === 'failed' && !isRemoval(notice.message))
          outbox.mark('scheduler.failed', notice.message)
        events.push(...hearNotice(state.disk, state, notice))
      }
      if (state.scheduler.isDone) this.crash(state)
    }
  }
}

function timerKind(id: string, { registrationAttempts }: SchedulerBook): Move['kind'] {
  if (id === 'registration') return registrationAttempts <= 1 ? 'urgent' : 'quiet'
  return id === 'silence' ? 'silence' : 'quiet'
}

function isNotify(params: unknown): params is SchedulerEffect {
  return typeof params === 'object' && params !== null && 'notice' in params
}
