import { isPlain } from '../resources/kinds.ts'
import { problemWithResources } from '../resources/problems.ts'

/** Says in a sentence why a weight cannot be, or nothing. */
export function problemWithWeight(role: string, weight: number): string | undefined {
  if (typeof weight === 'number' && weight > 0 && Number.isFinite(weight)) return undefined
  return `the weight of ${role} is ${weight}; give a number above zero`
}

/** Says in a sentence why a priority cannot be, or nothing. */
export function problemWithPriority(role: string, priority: number): string | undefined {
  if (Number.isFinite(priority)) return undefined
  return `the priority of ${role} is ${priority}; give a finite number, higher comes first`
}

/** Says in a sentence why offers cannot have such a least size, or nothing. */
export function problemWithMinimums(
  minimums: readonly Readonly<Record<string, number>>[],
): string | undefined {
  if (!Array.isArray(minimums)) return 'minAllocatable: give a list, such as [{ cpus: 1 }]'
  for (const amounts of minimums) {
    const problem = problemWithResources(amounts)
    if (problem !== undefined) return `minAllocatable: ${problem}`
    const list = Object.keys(amounts).find((key) => typeof amounts[key] !== 'number')
    if (list !== undefined) return `minAllocatable: ${list} is a list; give a number`
    const name = Object.keys(amounts).find((key) => !isPlain(key))
    if (name !== undefined) return `minAllocatable: ${name} is no plain name such as cpus`
  }
  return undefined
}
