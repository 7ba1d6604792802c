/** Something wrong, and the way there from the start. */
export interface Finding {
  readonly property: string
  readonly sentence: string
  /** The actions that lead there. */
  readonly codes: readonly number[]
}

/** What is said of work that does not come to its end. */
export function unendedAfter(steps: number): string {
  return `liveness-all-tasks-end: after ${steps} further steps without faults work is still left`
}

/** `property: sentence`, with the way there. */
export function findingOf(problem: string, codes: readonly number[]): Finding {
  const [property = '', ...words] = problem.split(': ')
  return { property, sentence: words.join(': '), codes }
}
