import { assert } from '../../model/assert.ts'

/**
 * What can happen in a world: the first message of a lane arrives, gets lost, or arrives and is
 * still on its way; a process does something by itself, perhaps before its time; one crashes.
 */
export const actionNames = ['deliver', 'lose', 'duplicate', 'move', 'early', 'crash'] as const
export type ActionName = (typeof actionNames)[number]

/** An action, as one number: its name, the lane or seat, and which of its moves. */
export interface Action {
  readonly name: ActionName
  /** The lane, or the seat. */
  readonly place: number
  /** Which of its moves; for a crash, whether the master notices. */
  readonly index: number
}

export function codeOf(name: ActionName, place: number, index = 0): number {
  return (actionNames.indexOf(name) << 16) | (place << 8) | index
}

export function actionOf(code: number): Action {
  const name = actionNames[code >>> 16]
  assert(name !== undefined, () => `${code} is no action`)
  return { name, place: (code >>> 8) & 255, index: code & 255 }
}

/** Whose step an action is: lanes lead to the master and back, in pairs. */
export function seatOf({ name, place }: Action): number {
  if (name === 'move' || name === 'early' || name === 'crash') return place
  return place % 2 === 0 ? 0 : (place >> 1) + 1
}
