import type { MoveKind } from './process.ts'
import { actionOf, type Rules } from './rules.ts'

/** So many steps without faults are enough for a tiny world to come to its end. */
const stepsMax = 800

/** What comes first when nothing goes wrong any more. */
const urgency: Readonly<Partial<Record<MoveKind, number>>> = {
  urgent: 1,
  restart: 2,
  choice: 3,
  work: 5,
  quiet: 6,
  ping: 6,
  silence: 6,
}
const never = 7

export interface Drained {
  /** All jobs have ended, nothing runs, and no book has a task in it. */
  readonly isOver: boolean
  /** The actions that were taken. */
  readonly codes: readonly number[]
  readonly row: Int32Array
}

/**
 * Lets a world go on without faults, everybody in turn, until all is over. This is how promises
 * about the end are checked: wherever faults have led, it must come.
 */
export function drain(rules: Rules, from: Int32Array): Drained {
  let row = rules.withBudget(from, 0)
  const codes: number[] = []
  for (let turns = 0; codes.length < stepsMax; ) {
    if (isOver(rules, row)) return { isOver: true, codes, row }
    const { rank, ways } = best(rules, row)
    const taken = ways[rank === urgency.quiet ? turns++ % ways.length : 0]
    if (taken === undefined) break
    codes.push(taken.code)
    row = taken.row
  }
  return { isOver: false, codes, row }
}

function isOver(rules: Rules, row: Int32Array): boolean {
  return (
    rules.isQuiet(row) &&
    rules.seats.every((seat, index) => {
      const { isDone, isAbsent } = seat.glance(row[index] ?? 0)
      return isDone && !isAbsent
    })
  )
}

/** The most urgent actions; timers, of which none is more urgent, have their turns. */
function best(rules: Rules, row: Int32Array) {
  let ways: { readonly code: number; readonly row: Int32Array }[] = []
  let rank = never
  rules.successors(row, (code, next) => {
    const own = rankOf(rules, row, code)
    if (own > rank) return
    if (own < rank) ways = []
    rank = own
    ways.push({ code, row: next.slice() })
  })
  return { rank, ways }
}

/** To launch comes before to decline, or nothing would ever be begun. */
function rankOf(rules: Rules, row: Int32Array, code: number): number {
  const { name, place, index } = actionOf(code)
  if (name === 'deliver') return 0
  const move =
    name === 'move' ? rules.seats[place]?.glance(row[place] ?? 0).moves[index] : undefined
  if (move === undefined) return never
  return (urgency[move.kind] ?? never) + (move.what === 'decline' ? 1 : 0)
}
