import { assert } from './assert.ts'
import { type DelayName, defaultTimeouts } from './timeouts.ts'
import type { Delay, Turn } from './turn.ts'

/**
 * Things that an actor only tracks (an offer, a task, a session, a run) are records whose `state`
 * is moved by a table. The tables are derived from the statecharts in machines/ when those load,
 * so the chart is the one truth and a step costs a lookup.
 */

/** What entering or leaving a state does to the timers of the record. */
export type TimerCommand<Timer extends string> =
  | { readonly do: 'start'; readonly name: string; readonly event: Timer; readonly delay: string }
  | { readonly do: 'cancel'; readonly name: string }

/** One cell of a table: where an event leads, and the timers it starts and cancels. */
export interface Row<State extends string, Timer extends string> {
  readonly target: State
  readonly timers: readonly TimerCommand<Timer>[]
}

export interface StateTable<State extends string, Event extends string, Timer extends string> {
  readonly name: string
  readonly initial: State
  /** What entering the initial state does to the timers. */
  readonly initialTimers: readonly TimerCommand<Timer>[]
  /** Nothing when the chart gives the event no meaning in this state. */
  next(state: State, event: Event): Row<State, Timer> | undefined
  /** A record in a final state never changes again. */
  isFinal(state: State): boolean
}

/** How long this one record's timers run, where no global timeout says so; `never` starts none. */
export type OwnDelays = Readonly<Record<string, number | 'never'>>

/** Which timers to start and cancel, for one record: their ids, events and own delays. */
export interface TimerSubject<Timer extends string, Event extends { type: string }> {
  readonly id: string
  readonly event: (type: Timer) => Event
  readonly delays?: OwnDelays
}

/**
 * Moves a record. An event without meaning in its state changes nothing and returns false; the
 * caller decides whether that is normal (late, crossed messages) or impossible.
 */
export function move<
  State extends string,
  Happening extends string,
  Timer extends string,
  Event extends { type: string },
>(
  table: StateTable<State, Happening, Timer>,
  record: { state: State },
  happening: Happening,
  turn: Pick<Turn<Event, { type: string }>, 'startTimer' | 'cancelTimer'>,
  subject: TimerSubject<Timer, Event>,
): boolean {
  const row = table.next(record.state, happening)
  if (row === undefined) return false
  record.state = row.target
  apply(table.name, row.timers, turn, subject)
  return true
}

/** Starts the timers of a record that was made in its table's initial state. */
export function begin<Timer extends string, Event extends { type: string }>(
  table: Pick<StateTable<string, string, Timer>, 'name' | 'initialTimers'>,
  turn: Pick<Turn<Event, { type: string }>, 'startTimer' | 'cancelTimer'>,
  subject: TimerSubject<Timer, Event>,
): void {
  apply(table.name, table.initialTimers, turn, subject)
}

function apply<Timer extends string, Event extends { type: string }>(
  table: string,
  commands: readonly TimerCommand<Timer>[],
  turn: Pick<Turn<Event, { type: string }>, 'startTimer' | 'cancelTimer'>,
  subject: TimerSubject<Timer, Event>,
): void {
  for (const command of commands) {
    const id = `${subject.id}/${command.name}`
    if (command.do === 'cancel') {
      turn.cancelTimer(id)
      continue
    }
    const delay = delayOf(table, command.delay, subject.delays)
    if (delay !== 'never') turn.startTimer(id, subject.event(command.event), delay)
  }
}

function delayOf(table: string, name: string, own: OwnDelays | undefined): Delay | 'never' {
  const chosen = own?.[name]
  if (chosen !== undefined) return chosen
  assert(isTimeout(name), () => `${table} starts a timer with the unknown delay ${name}`)
  return name
}

function isTimeout(name: string): name is DelayName {
  return name.endsWith('Ms') && name in defaultTimeouts
}
