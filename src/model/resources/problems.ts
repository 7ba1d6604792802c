import type { Resources } from '../../messages/index.ts'
import { suggestion } from '../suggestion.ts'
import { nameOf, problemWithKind } from './kinds.ts'
import { thousandths } from './quantities.ts'
import { valueTwice } from './ranges.ts'

/** More of anything than exists anywhere: a slip of the unit rather than a wish. */
const scalarMax = 1e12

/** The resources everybody knows; an agent may have others of its own. */
export const standardResources = ['cpus', 'mem', 'disk', 'gpus', 'ports'] as const

/** Says in a sentence what is wrong with an amount of resources, or nothing. */
export function problemWithResources(resources: Resources): string | undefined {
  for (const [key, amount] of Object.entries(resources)) {
    const name = nameOf(key)
    const problem =
      problemWithKind(key) ??
      (typeof amount === 'number' ? withScalar(name, amount) : withList(name, amount))
    if (problem !== undefined) return problem
  }
  return undefined
}

/** Says in a sentence which amount cannot be, whatever it is of and whoever asks, or nothing. */
export function problemWithForm(resources: Resources): string | undefined {
  for (const key in resources) {
    const amount = resources[key]
    if (amount === undefined) continue
    const name = nameOf(key)
    if (typeof amount === 'number') {
      if (amount < 0) return withScalar(name, amount)
    } else if (Array.isArray(amount)) {
      const problem = withItems(name, amount)
      if (problem !== undefined) return problem
    }
  }
  return undefined
}

/** Says which resource no agent has at all, with the name that was probably meant. */
export function problemWithNames(
  resources: Resources,
  known: ReadonlySet<string>,
): string | undefined {
  for (const name of Object.keys(resources)) {
    if (known.has(name)) continue
    if (isStandard(name)) return `no agent has any ${name}`
    return `there is no resource named ${name}${suggestion(name, known)}; the agents have ${[...known].sort().join(', ')}`
  }
  return undefined
}

function isStandard(name: string): boolean {
  return standardResources.some((standard) => standard === name)
}

function withScalar(name: string, amount: number): string | undefined {
  if (name === 'ports') return 'ports are ranges such as [[31000, 31005]], not a number'
  if (!Number.isFinite(amount)) return `${name} is ${amount}; give a finite number`
  if (amount < 0) return `${name} is ${amount}; an amount cannot be negative`
  if (amount > 0 && Math.round(amount * thousandths) === 0) {
    return `${name} is ${amount}; less than a thousandth is not counted`
  }
  if (amount > scalarMax) return `${name} is ${amount}; more than ${scalarMax} is surely a slip`
  if (name === 'gpus' && !Number.isInteger(amount)) {
    return `gpus is ${amount}; gpus come as whole units`
  }
  return undefined
}

function withList(
  name: string,
  amount: readonly (readonly [number, number])[] | readonly string[],
): string | undefined {
  if (!Array.isArray(amount)) return `${name} is ${JSON.stringify(amount)}; give a number`
  if (name !== 'ports' && isStandard(name)) return `${name} is a list; give a number`
  const word = name === 'ports' ? amount.find((item) => typeof item === 'string') : undefined
  if (word !== undefined) return `ports are ranges such as [[31000, 31005]], not ${String(word)}`
  return withItems(name, amount)
}

function withItems(
  name: string,
  amount: readonly (readonly [number, number])[] | readonly string[],
): string | undefined {
  const seen = new Set<string>()
  for (const item of amount) {
    if (typeof item === 'string') {
      if (seen.has(item)) return `${name} lists ${item} twice`
      seen.add(item)
      continue
    }
    const [from, to] = item
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from) {
      return `${name} has the range [${from}, ${to}]; give whole numbers, the smaller first`
    }
  }
  const twice = valueTwice(amount.filter((item) => typeof item !== 'string'))
  return twice === undefined ? undefined : `${name} lists ${twice} twice`
}
