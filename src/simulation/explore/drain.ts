import { actionOf, seatOf } from './actions.ts'
import type { Layout } from './layout.ts'
import type { MoveKind } from './process.ts'
import type { Outcome, Rules } from './rules.ts'

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
  /** What was wrong on the way, as `property: sentence`. */
  readonly problem: string | undefined
  /** The actions that were taken. */
  readonly codes: readonly number[]
}

/**
 * Lets a world go on without faults, everybody in turn, until all is over. This is how promises
 * about the end are checked: wherever faults have led, it must come.
 */
export function drain(rules: Rules, from: Int32Array): Drained {
  let row = rules.layout.withBudget(from, 0)
  const codes: number[] = []
  for (let turns = 0; codes.length < stepsMax; ) {
    if (isOver(rules.layout, row)) return { isOver: true, problem: undefined, codes }
    const { rank, ways } = best(rules, row)
    const code = ways[rank === urgency.quiet ? turns++ % ways.length : 0]
    if (code === undefined) break
    codes.push(code)
    const after = rules.take(row, code)
    const problem = problemAfter(rules.layout, code, after)
    if (problem !== undefined) return { isOver: false, problem, codes }
    row = after.row.slice()
  }
  return { isOver: false, problem: undefined, codes }
}

/** What is wrong with a step, or with what a process knows after it. */
export function problemAfter(
  layout: Layout,
  code: number,
  { row, reaction }: Outcome,
): string | undefined {
  if (reaction === undefined) return undefined
  return reaction.problems[0] ?? layout.glance(row, seatOf(actionOf(code))).problems[0]
}

function isOver(layout: Layout, row: Int32Array): boolean {
  return (
    layout.isQuiet(row) &&
    layout.seats.every((_, seat) => {
      const { isDone, isAbsent } = layout.glance(row, seat)
      return isDone && !isAbsent
    })
  )
}

/** The most urgent actions; timers, when nothing is more urgent, have their turns. */
function best(rules: Rules, row: Int32Array) {
  let ways: number[] = []
  let rank = never
  rules.choices(row, false, (code) => {
    const own = rankOf(rules.layout, row, code)
    if (own > rank) return
    if (own < rank) ways = []
    rank = own
    ways.push(code)
  })
  return { rank, ways }
}

/** To launch comes before to decline, or nothing would ever be begun. */
function rankOf(layout: Layout, row: Int32Array, code: number): number {
  const { name, place, index } = actionOf(code)
  if (name === 'deliver') return 0
  const move = name === 'move' ? layout.glance(row, place).moves[index] : undefined
  if (move === undefined) return never
  return (urgency[move.kind] ?? never) + (move.what === 'decline' ? 1 : 0)
}
