import { createContext, Script } from 'node:vm'
import type { Allocation, AllocationPolicy } from '../model/allocation/policy.ts'

/** Longer than any allocation needs, and short enough that nothing else takes harm. */
const limitMs = 1_000

/**
 * A policy of unknown quality, under a watchdog: one that does not come to an end is interrupted,
 * and not asked again, because each time would cost the cluster as long.
 */
export function guarded(policy: AllocationPolicy): AllocationPolicy {
  const script = new Script('run()', { filename: `policy-${policy.name}` })
  let dismissed = false
  return {
    name: policy.name,
    allocate(round) {
      if (dismissed) throw new Error(`it was dismissed: it ran for more than ${limitMs} ms`)
      let result: readonly Allocation[] = []
      const context = createContext({
        run: () => {
          result = policy.allocate(round)
        },
      })
      try {
        script.runInContext(context, { timeout: limitMs })
      } catch (error) {
        dismissed = isTimeout(error)
        throw dismissed ? new Error(`it ran for more than ${limitMs} ms`) : error
      }
      return result
    },
    ...(policy.order && { order: (round) => policy.order?.(round) ?? [] }),
    ...(policy.preempts !== undefined && { preempts: policy.preempts }),
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}
