import type { Resources } from '../../messages/index.ts'
import { InvalidInputError } from '../errors.ts'
import { suggestion } from '../suggestion.ts'
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
  const { cpus, mem, disk, gpus, ports, resources: others = {} } = amounts
  if (ports !== undefined && !Array.isArray(ports)) {
    throw new InvalidInputError(`${what}: ports are ranges such as [[31000, 31005]]`)
  }
  const resources: Resources = {
    ...others,
    ...(cpus !== undefined && { cpus }),
    ...(mem !== undefined && { mem }),
    ...(disk !== undefined && { disk }),
    ...(gpus !== undefined && { gpus }),
    ...(ports !== undefined && { ports: ports.map(([from, to]): [number, number] => [from, to]) }),
  }
  const problem = problemWithResources(resources)
  if (problem !== undefined) throw new InvalidInputError(`${what}: ${problem}`)
  return resources
}

/**
 * The needs as one record, in which a number of ports stays a number. Throws InvalidInputError
 * when one of them is impossible.
 */
export function needsOf(what: string, needs: Needs): Resources {
  const { ports, ...rest } = needs
  if (ports === undefined) return resourcesOf(what, rest)
  if (typeof ports !== 'number' && !Array.isArray(ports)) {
    throw new InvalidInputError(`${what}: ports is ${JSON.stringify(ports)}; ${portsAdvice}`)
  }
  if (typeof ports !== 'number') return resourcesOf(what, { ...rest, ports })
  const problem = problemWithNeeds({ ports })
  if (problem !== undefined) throw new InvalidInputError(`${what}: ${problem}`)
  const others = resourcesOf(what, rest)
  return ports === 0 ? others : { ...others, ports }
}

/** Like `problemWithResources`, for needs. */
export function problemWithNeeds(needs: Resources): string | undefined {
  const { ports, ...others } = needs
  if (typeof ports !== 'number') return problemWithResources(needs)
  if (Number.isInteger(ports) && ports >= 0 && ports <= portsMax)
    return problemWithResources(others)
  return `ports is ${ports}; ${portsAdvice}`
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
