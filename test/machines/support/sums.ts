import type { AgentBook } from '../../../src/model/agent/book.ts'
import { nameOf } from '../../../src/model/resources/kinds.ts'
import { toResources } from '../../../src/model/resources/quantities.ts'

/** Operations change kinds, never sums. */
export function problemsWithSums({ info, resources }: AgentBook): string[] {
  const sums: Record<string, number> = {}
  for (const [key, amount] of Object.entries(toResources(resources))) {
    if (typeof amount === 'number') sums[nameOf(key)] = (sums[nameOf(key)] ?? 0) + amount
  }
  const names = Object.keys({ ...sums, ...info.resources })
  return names
    .filter((name) => sums[name] !== info.resources[name])
    .map((name) => `there are ${sums[name]} ${name}, not ${info.resources[name]}`)
}
