import { isPlain, nameOf, parseKind } from './kinds.ts'
import {
  addTo,
  contains,
  isRanges,
  type Quantities,
  type Quantity,
  takeFrom,
  thousandths,
} from './quantities.ts'
import { commonRanges, countValues, firstValues, withoutRanges } from './ranges.ts'

/**
 * Chooses concrete resources for a demand out of what an offer holds; nothing when the offer is
 * too small. A plain name is met by what is reserved, the most refined reservation first, then by
 * what is not; never by volumes or revocable resources. A key with a kind is met by that key alone.
 * Where the offer has ranges, a number says how many: the first values are chosen.
 *
 * When neither side has kinds or counts, which is the rule, the demand itself is the answer.
 */
export function allot(
  demand: Readonly<Quantities>,
  offered: Readonly<Quantities>,
): Readonly<Quantities> | undefined {
  if (leavesNoChoice(demand, offered)) return contains(offered, demand) ? demand : undefined
  return choose(demand, offered)
}

function leavesNoChoice(demand: Readonly<Quantities>, offered: Readonly<Quantities>): boolean {
  for (const key in demand) {
    if (!isPlain(key)) return false
    if (typeof demand[key] === 'number' && typeof offered[key] === 'object') return false
  }
  for (const key in offered) if (!isPlain(key)) return false
  return true
}

function choose(
  demand: Readonly<Quantities>,
  offered: Readonly<Quantities>,
): Quantities | undefined {
  const left: Quantities = { ...offered }
  const allotted: Quantities = {}
  for (const key of inOrder(demand)) {
    let missing = demand[key]
    for (const source of isPlain(key) ? sourcesOf(key, left) : [key]) {
      const held = left[source]
      if (held === undefined || missing === undefined) continue
      const part = partOf(held, missing, key)
      if (part === undefined) continue
      takeFrom(left, { [source]: part })
      addTo(allotted, { [source]: part })
      missing = without(missing, part)
    }
    if (missing !== undefined) return undefined
  }
  return allotted
}

/**
 * What leaves less choice comes first: lists, which name the very things, before numbers, and
 * keys with a kind before plain names. So nothing is given away that a later part must have.
 */
function inOrder(demand: Readonly<Quantities>): string[] {
  const choice = (key: string) => (typeof demand[key] === 'number' ? 2 : 0) + (isPlain(key) ? 1 : 0)
  return Object.keys(demand).sort((left, right) => choice(left) - choice(right))
}

/** The keys that may serve a plain name, in the order in which they are used. */
function sourcesOf(name: string, offered: Readonly<Quantities>): string[] {
  const sources: { key: string; depth: number; stack: number }[] = []
  for (const key in offered) {
    if (key === name) sources.push({ key, depth: 0, stack: 0 })
    if (isPlain(key) || !key.startsWith(name)) continue
    const kind = parseKind(key)
    if (kind?.name !== name || kind.volume !== undefined || kind.revocable) continue
    const role = kind.reservations.at(-1)?.role ?? ''
    sources.push({ key, depth: role.split('/').length, stack: kind.reservations.length })
  }
  sources.sort(
    (left, right) =>
      right.depth - left.depth || right.stack - left.stack || (left.key < right.key ? -1 : 1),
  )
  return sources.map(({ key }) => key)
}

/** As much of what is wanted as there is; nothing when there is none of it. */
function partOf(held: Quantity, wanted: Quantity, key: string): Quantity | undefined {
  if (typeof wanted === 'number') {
    if (typeof held === 'number') return scalarPart(held, wanted, key)
    if (!isRanges(held) || wanted % thousandths !== 0) return undefined
    return firstValues(held, wanted / thousandths)
  }
  if (typeof held === 'number') return undefined
  if (isRanges(wanted)) return isRanges(held) ? someOf(commonRanges(held, wanted)) : undefined
  const present: ReadonlySet<unknown> = new Set<unknown>(held)
  return someOf(wanted.filter((item) => present.has(item)))
}

function scalarPart(held: number, wanted: number, key: string): number | undefined {
  // Two halves of graphics processors are no graphics processor.
  const usable = nameOf(key) === 'gpus' ? held - (held % thousandths) : held
  const part = Math.min(usable, wanted)
  return part > 0 ? part : undefined
}

/** What is wanted beyond the part; nothing when that was all. */
function without(wanted: Quantity, part: Quantity): Quantity | undefined {
  if (typeof wanted === 'number') {
    const got =
      typeof part === 'number' ? part : isRanges(part) ? countValues(part) * thousandths : 0
    return wanted > got ? wanted - got : undefined
  }
  if (typeof part === 'number') return wanted
  if (isRanges(wanted)) return isRanges(part) ? someOf(withoutRanges(wanted, part)) : wanted
  const got: ReadonlySet<unknown> = new Set<unknown>(part)
  return someOf(wanted.filter((item) => !got.has(item)))
}

function someOf<List extends readonly unknown[]>(list: List): List | undefined {
  return list.length > 0 ? list : undefined
}
