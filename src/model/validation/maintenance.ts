import type { MaintenanceWindow } from '../../messages/index.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { keyOf, machineOf } from '../ledger/maintenance.ts'

/** What operators say about machines (Mesos: src/master/maintenance.cpp, validation). */

/** Says why this cannot be the schedule, or nothing. */
export function problemWithSchedule(
  ledger: Ledger,
  windows: readonly MaintenanceWindow[],
): string | undefined {
  const planned = new Set<string>()
  for (const [index, window] of windows.entries()) {
    const problem = problemWithWindow(`maintenance window ${index + 1}`, window)
    if (problem !== undefined) return problem
    for (const hostname of window.machines) {
      const key = keyOf(hostname)
      if (planned.has(key)) return `the machine ${hostname} is in the schedule twice`
      planned.add(key)
    }
  }
  const missing = ledger.maintenance.down.find((hostname) => !planned.has(keyOf(hostname)))
  if (missing === undefined) return undefined
  return `the machine ${missing} is down and must stay in the schedule until it is up again`
}

/** Says why nothing can be planned so, or nothing. */
export function problemWithWindow(
  what: string,
  { machines, startMs, durationMs }: MaintenanceWindow,
): string | undefined {
  if (machines.length === 0) return `${what} names no machine`
  if (!machines.every(isName)) return `${what} has a machine without a name`
  if (!Number.isFinite(startMs)) {
    return `${what} starts at ${startMs}; give milliseconds since the epoch`
  }
  if (durationMs === undefined || (Number.isFinite(durationMs) && durationMs >= 0)) return undefined
  return `${what} takes ${durationMs} ms; give zero or more, or nothing when nobody knows`
}

/** Whether a machine can be called so. */
export function isName(hostname: string): boolean {
  return typeof hostname === 'string' && hostname.trim() !== ''
}

/** Says why these machines cannot leave this mode, or nothing. */
export function problemWithMachines(
  ledger: Ledger,
  machines: readonly string[],
  mode: 'DRAINING' | 'DOWN',
): string | undefined {
  if (machines.length === 0) return 'no machine is named'
  const named = new Set<string>()
  for (const hostname of machines) {
    if (!isName(hostname)) return 'there is a machine without a name'
    if (named.has(keyOf(hostname))) return `the machine ${hostname} is named twice`
    named.add(keyOf(hostname))
    const machine = machineOf(ledger, hostname)
    if (machine === undefined) return `the machine ${hostname} is not in the maintenance schedule`
    if (machine.mode === mode) continue
    return `the machine ${hostname} is ${machine.mode === 'DOWN' ? 'down already' : 'not down'}`
  }
  return undefined
}

/** Says why nobody can be given so long to end, or nothing. */
export function problemWithGrace(maxGracePeriodMs: number | undefined): string | undefined {
  if (maxGracePeriodMs === undefined) return undefined
  if (Number.isFinite(maxGracePeriodMs) && maxGracePeriodMs >= 0) return undefined
  return `the grace period is ${maxGracePeriodMs} ms; give zero or more`
}
