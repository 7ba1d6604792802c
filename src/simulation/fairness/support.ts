import { type Capacity, tasksWithin, type User } from './model.ts'

/** Differences up to this part of the capacity are the solvers' rounding, not unfairness. */
export const SLACK = 1e-6

/** Whether one number of tasks is more than another by more than rounding. */
export function isMore(more: number, fewer: number, user: User, capacity: Capacity): boolean {
  return more - fewer > SLACK * tasksWithin(capacity, user)
}

/** A number as sentences show it. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)))
}
