/** First and last value, both included. */
export type Range = readonly [number, number]

/** The union of both lists: sorted, without overlaps, neighbours joined. */
export function joinRanges(left: readonly Range[], right: readonly Range[]): readonly Range[] {
  // Most agents have one range of ports, and most offers are all of it.
  if (left.length === 0 && areApart(right)) return sealed(right.map(([from, to]) => [from, to]))
  const sorted = [...left, ...right].sort(([a], [b]) => a - b)
  const joined: [number, number][] = []
  for (const [from, to] of sorted) {
    const last = joined.at(-1)
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else joined.push([from, to])
  }
  return sealed(joined)
}

/** Whether they are sorted, and no two of them overlap or touch. */
function areApart(ranges: readonly Range[]): boolean {
  let next = Number.NEGATIVE_INFINITY
  for (const range of ranges) {
    if (range[0] < next) return false
    next = range[1] + 2
  }
  return true
}

/** The first value of a range that another one has, too; nothing where none is listed twice. */
export function valueTwice(ranges: readonly Range[]): number | undefined {
  let last = Number.NEGATIVE_INFINITY
  // In their order only neighbours can overlap: to compare all with all takes too long.
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    if (from <= last) return from
    last = to
  }
  return undefined
}

/** Books, offers and messages share their lists: nobody may change one. */
function sealed(ranges: readonly Range[]): readonly Range[] {
  for (const range of ranges) Object.freeze(range)
  return Object.freeze(ranges)
}

/** What is left of `have` when `taken` is cut out; both must be joined. */
export function withoutRanges(have: readonly Range[], taken: readonly Range[]): readonly Range[] {
  const rest: Range[] = []
  let next = 0
  for (const [first, last] of have) {
    let from = first
    while ((taken[next]?.[1] ?? last) < first) next++
    for (let index = next; ; index++) {
      const cut = taken[index]
      if (cut === undefined || cut[0] > last) break
      if (from < cut[0]) rest.push([from, cut[0] - 1])
      from = cut[1] + 1
    }
    if (from <= last) rest.push([from, last])
  }
  return sealed(rest)
}

/** Whether every value of `wanted` is in `have`; both must be joined. */
export function containsRanges(have: readonly Range[], wanted: readonly Range[]): boolean {
  let index = 0
  for (const [from, to] of wanted) {
    while ((have[index]?.[1] ?? Number.POSITIVE_INFINITY) < from) index++
    const range = have[index]
    if (range === undefined || from < range[0] || to > range[1]) return false
  }
  return true
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
