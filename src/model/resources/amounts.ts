import type { Resources } from '../../messages/index.ts'
import { InvalidInputError } from '../errors.ts'
import { suggestion } from '../suggestion.ts'
import { nameOf } from './kinds.ts'
import { problemWithResources, standardResources } from './problems.ts'

/** Resources as people write them: the usual names on top, any other under `resources`. */
export interface Amounts {
  /** Processors; fractions are welcome. */
  readonly cpus?: number
  /** Memory in MB. */
  readonly mem?: number
  /** Disk space in MB. */
  readonly disk?: number
  /** Graphics processors, as whole units. */
  readonly gpus?: number
  /** Port ranges, both ends included. */
  readonly ports?: readonly (readonly [number, number])[]
  /** Resources of your own naming. */
  readonly resources?: Resources
}

/** What a job or task needs. */
export interface Needs extends Omit<Amounts, 'ports'> {
  /** How many ports, to be chosen from the offer; or the very ranges. */
  readonly ports?: number | NonNullable<Amounts['ports']>
}

/** There are no more on any machine. */
const portsMax = 65_536
const portsAdvice = 'give how many, or ranges such as [[31000, 31005]]'

export const amountKeys: readonly string[] = [...standardResources, 'resources']

/** The amounts as one record. Throws InvalidInputError when one of them is impossible. */
export function resourcesOf(what: string, amounts: Amounts): Resources {
  const { ports } = amounts
  if (ports !== undefined && !Array.isArray(ports)) {
    throw new InvalidInputError(`${what}: ports are ranges such as [[31000, 31005]]`)
  }
  return recordOf(what, amounts, ports, problemWithResources)
}

/**
 * The needs as one record, in which a number of ports stays a number. Throws InvalidInputError
 * when one of them is impossible.
 */
export function needsOf(what: string, needs: Needs): Resources {
  const { ports } = needs
  if (ports === undefined || typeof ports === 'number' || Array.isArray(ports)) {
    return recordOf(what, needs, ports === 0 ? undefined : ports, problemWithNeeds)
  }
  throw new InvalidInputError(`${what}: ports is ${JSON.stringify(ports)}; ${portsAdvice}`)
}

function recordOf(
  what: string,
  { cpus, mem, disk, gpus, resources: others = {} }: Omit<Needs, 'ports'>,
  ports: Needs['ports'],
  problemWith: (resources: Resources) => string | undefined,
): Resources {
  const resources: Resources = {
    ...others,
    ...(cpus !== undefined && { cpus }),
    ...(mem !== undefined && { mem }),
    ...(disk !== undefined && { disk }),
    ...(gpus !== undefined && { gpus }),
    ...(ports !== undefined && { ports: typeof ports === 'number' ? ports : copyOf(ports) }),
  }
  const problem = problemWith(resources)
  if (problem !== undefined) throw new InvalidInputError(`${what}: ${problem}`)
  return resources
}

function copyOf(ranges: NonNullable<Amounts['ports']>): [number, number][] {
  return ranges.map(([from, to]) => [from, to])
}

/** Like `problemWithResources`, for needs. */
export function problemWithNeeds(needs: Resources): string | undefined {
  if (!Object.keys(needs).some((key) => isPortCount(key, needs[key]))) {
    return problemWithResources(needs)
  }
  const others: Resources = {}
  for (const [key, amount] of Object.entries(needs)) {
    if (!isPortCount(key, amount)) others[key] = amount
    else if (!Number.isInteger(amount) || amount < 0 || amount > portsMax) {
      return `${key} is ${amount}; ${portsAdvice}`
    }
  }
  return problemWithResources(others)
}

function isPortCount(key: string, amount: Resources[string] | undefined): amount is number {
  return typeof amount === 'number' && nameOf(key) === 'ports'
}

/** Throws InvalidInputError for a key that nobody reads, with the one that was probably meant. */
export function checkKeys(what: string, value: object, known: readonly string[]): void {
  if (typeof value !== 'object' || value === null) {
    throw new InvalidInputError(`${what}: give an object with options, not ${String(value)}`)
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue
    throw new InvalidInputError(
      `${what}: there is no option ${key}${suggestion(key, known)}; known are ${known.join(', ')}`,
    )
  }
}
