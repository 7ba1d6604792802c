import { codeOf } from './actions.ts'
import { type Fault, left } from './budget.ts'
import { isNotice } from './lanes.ts'
import type { Layout } from './layout.ts'
import type { Move, MoveKind } from './process.ts'

/** Is told of an action; `isFault` when it takes from the budget. */
export type Offered = (code: number, isFault: boolean) => void

/** What a move always costs. */
export const moveCosts: Partial<Readonly<Record<MoveKind, Fault>>> = {
  timeout: 'timeouts',
  kill: 'kills',
  break: 'executorCrashes',
}

/** What the crash of a seat costs. */
export function crashCost({ parts }: Layout, seat: number): Fault {
  if (seat === 0) return 'masterCrashes'
  return seat <= parts.agents ? 'agentCrashes' : 'schedulerCrashes'
}

/**
 * Everything that can happen in a world. Reduced: where a message waits for somebody else than the
 * master, only what happens there. The master alone hears several others, so all else can as well
 * come after that, and leads to the same books. Only a crash of the master comes in between.
 */
export function choices(layout: Layout, row: Int32Array, isReduced: boolean, offer: Offered): void {
  const only = isReduced ? firstWaiting(layout, row) : undefined
  for (let lane = 0; lane < layout.laneCount; lane++) {
    if (only !== undefined && lane !== 2 * only - 1) continue
    if (row[layout.lane0 + lane] !== 0) passages(layout, row, lane, offer)
  }
  const isQuiet = only === undefined && layout.isQuiet(row)
  for (let seat = 0; seat < layout.lane0; seat++) {
    if (only === undefined || seat === only) moves(layout, row, seat, isQuiet, offer)
    if (only === undefined || seat === only || seat === 0) crashes(layout, row, seat, offer)
  }
}

/** The first agent or scheduler for whom a message is on its way. */
function firstWaiting(layout: Layout, row: Int32Array): number | undefined {
  for (let seat = 1; seat < layout.lane0; seat++) if (row[layout.laneTo(seat)] !== 0) return seat
  return undefined
}

function passages(layout: Layout, row: Int32Array, lane: number, offer: Offered): void {
  const { lanes, messages } = layout.parts
  const budget = layout.budgetOf(row)
  offer(codeOf('deliver', lane), false)
  if (isNotice(messages.get(lanes.head(row[layout.lane0 + lane] ?? 0)))) return
  if (left(budget, 'losses') > 0) offer(codeOf('lose', lane), true)
  if (left(budget, 'duplicates') > 0) offer(codeOf('duplicate', lane), true)
}

function moves(
  layout: Layout,
  row: Int32Array,
  seat: number,
  isQuiet: boolean,
  offer: Offered,
): void {
  const budget = layout.budgetOf(row)
  for (const [index, move] of layout.glance(row, seat).moves.entries()) {
    const cost = moveCosts[move.kind]
    if (cost !== undefined) {
      if (left(budget, cost) > 0) offer(codeOf('move', seat, index), true)
    } else if (isTimely(layout, row, seat, move, isQuiet)) offer(codeOf('move', seat, index), false)
    else if (move.kind !== 'ping' && left(budget, 'timeouts') > 0) {
      offer(codeOf('early', seat, index), true)
    }
  }
}

function isTimely(
  layout: Layout,
  row: Int32Array,
  seat: number,
  { kind }: Move,
  isQuiet: boolean,
): boolean {
  if (kind === 'silence') return isQuiet && !layout.isKnown(row, seat)
  if (kind === 'ping') return isQuiet && layout.isMissed(row)
  return kind !== 'quiet' || isQuiet
}

/** With and without a word of it to the master. */
function crashes(layout: Layout, row: Int32Array, seat: number, offer: Offered): void {
  if (left(layout.budgetOf(row), crashCost(layout, seat)) === 0) return
  if (layout.glance(row, seat).isAbsent) return
  offer(codeOf('crash', seat, 0), true)
  if (seat > 0) offer(codeOf('crash', seat, 1), true)
}
