/** First and last value, both included. */
export type Range = readonly [number, number]

/** The union of both lists: sorted, without overlaps, neighbours joined. */
export function joinRanges(left: readonly Range[], right: readonly Range[]): readonly Range[] {
  const sorted = [...left, ...right].sort(([a], [b]) => a - b)
  const joined: [number, number][] = []
  for (const [from, to] of sorted) {
    const last = joined.at(-1)
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else joined.push([from, to])
  }
  return joined
}

/** What is left of `have` when `taken` is cut out. */
export function withoutRanges(have: readonly Range[], taken: readonly Range[]): readonly Range[] {
  let rest = [...have]
  for (const [from, to] of taken) {
    rest = rest.flatMap(([first, last]): Range[] => {
      if (to < first || from > last) return [[first, last]]
      const pieces: Range[] = []
      if (first < from) pieces.push([first, from - 1])
      if (to < last) pieces.push([to + 1, last])
      return pieces
    })
  }
  return rest
}

/** Whether every value of `wanted` is in `have`; `have` must be joined. */
export function containsRanges(have: readonly Range[], wanted: readonly Range[]): boolean {
  return wanted.every(([from, to]) => have.some(([first, last]) => first <= from && to <= last))
}

/** What both lists have in common; each must be joined. */
export function commonRanges(left: readonly Range[], right: readonly Range[]): readonly Range[] {
  const common: Range[] = []
  for (const [from, to] of left) {
    for (const [first, last] of right) {
      if (first <= to && from <= last) common.push([Math.max(from, first), Math.min(to, last)])
    }
  }
  return common
}

/** How many values there are; the ranges must be joined. */
export function countValues(ranges: readonly Range[]): number {
  let count = 0
  for (const [from, to] of ranges) count += to - from + 1
  return count
}

/** The first values, or all when there are not so many; the ranges must be joined. */
export function firstValues(ranges: readonly Range[], count: number): readonly Range[] {
  const chosen: Range[] = []
  let missing = count
  for (const [from, to] of ranges) {
    if (missing <= 0) break
    const last = Math.min(to, from + missing - 1)
    chosen.push([from, last])
    missing -= last - from + 1
  }
  return chosen
}
