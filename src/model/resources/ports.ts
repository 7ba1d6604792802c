import type { Resources } from '../../messages/index.ts'
import { nameOf } from './kinds.ts'

/** The ports among resources one by one, the smallest first, reserved or not. */
export function portsOf(resources: Resources): number[] {
  const ports: number[] = []
  for (const key in resources) {
    const amount = resources[key]
    if (typeof amount !== 'object' || nameOf(key) !== 'ports') continue
    for (const item of amount) {
      if (typeof item === 'string') continue
      const [from, to] = item
      for (let port = from; port <= to; port++) ports.push(port)
    }
  }
  return ports.sort((left, right) => left - right)
}
