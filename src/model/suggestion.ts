import { distance } from 'fastest-levenshtein'

/** `; did you mean cpus?` for a name that is close to a known one, else nothing. */
export function suggestion(name: string, known: Iterable<string>): string {
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const steps = distance(name.toLowerCase(), candidate.toLowerCase())
    if (steps < bestDistance) [best, bestDistance] = [candidate, steps]
  }
  const near = Math.max(2, Math.floor(name.length / 3))
  return best !== undefined && bestDistance <= near ? `; did you mean ${best}?` : ''
}
