import { createContext, Script } from 'node:vm'
import type { AllocationPolicy, Client } from '../model/allocation/policy.ts'
import { PolicyError } from '../model/allocation/round.ts'

/** Longer than any allocation needs, and short enough that nothing else takes harm. */
const limitMs = 1_000

const tooLong = `ran for more than ${limitMs} ms`

/**
 * A policy of unknown quality, under a watchdog: one that does not come to an end is interrupted,
 * and not asked again, because each time would cost the cluster as long.
 */
export function guarded(policy: AllocationPolicy): AllocationPolicy {
  const { name, order, preempts } = policy
  const watched = watchdog(name)
  return {
    name,
    allocate: (round) => watched(() => policy.allocate(round)),
    ...(order && { order: harmless(watchdog(name), (round) => order.call(policy, round)) }),
    ...(preempts !== undefined && { preempts }),
  }
}

type Watched = <Result>(work: () => Result) => Result

/** Throws what the work throws, and PolicyError when it takes too long, now or before. */
function watchdog(name: string): Watched {
  const script = new Script('run()', { filename: `policy-${name}` })
  let run = (): void => {}
  const context = createContext({ run: () => run() })
  let dismissed = false
  return <Result>(work: () => Result): Result => {
    if (dismissed) throw new PolicyError(`was dismissed, because it ${tooLong}`)
    const results: Result[] = []
    run = () => void results.push(work())
    try {
      script.runInContext(context, { timeout: limitMs })
    } catch (error) {
      dismissed = isTimeout(error)
      throw dismissed ? new PolicyError(tooLong) : error
    }
    const [result] = results
    if (result === undefined) throw new PolicyError('returned nothing')
    return result
  }
}

/** An order only helps to explain: without it, explanations do not say who comes first. */
function harmless(
  watched: Watched,
  order: NonNullable<AllocationPolicy['order']>,
): NonNullable<AllocationPolicy['order']> {
  return (round): readonly Client[] => {
    try {
      const clients = watched(() => order(round))
      return Array.isArray(clients) ? clients : []
    } catch {
      return []
    }
  }
}

/** The error comes from the watchdog's own realm, where classes are others than here. */
function isTimeout(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false
  return error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}
