import type { MaintenanceWindow, Unavailability } from '../../messages/index.ts'
import type { Ledger } from './ledger.ts'

/**
 * All that must be known of maintenance to go on with it: plain data, replaced as a whole. A
 * machine in no window is up; one in a window is draining unless it is listed as down.
 */
export interface Maintenance {
  readonly windows: readonly MaintenanceWindow[]
  /** Host names, as the schedule has them. */
  readonly down: readonly string[]
}

/** A machine that is to be worked on (`DRAINING`), or is worked on (`DOWN`). */
export interface Machine {
  readonly hostname: string
  readonly mode: 'DRAINING' | 'DOWN'
  readonly unavailability: Unavailability
}

/** An agent that an operator has declared gone; plain data. */
export interface GoneAgent {
  readonly id: string
  readonly hostname: string
  readonly goneAtMs: number
}

/** From now on this is planned; the machines by name follow from it. */
export function setMaintenance(ledger: Ledger, maintenance: Maintenance): void {
  const down = new Set(maintenance.down.map(keyOf))
  ledger.maintenance = maintenance
  ledger.machines = new Map(
    maintenance.windows.flatMap(({ machines, ...unavailability }) =>
      machines.map((hostname): [string, Machine] => {
        const mode = down.has(keyOf(hostname)) ? 'DOWN' : 'DRAINING'
        return [keyOf(hostname), { hostname, mode, unavailability }]
      }),
    ),
  )
}

/** The machine of the host name, unless it is simply up. */
export function machineOf({ machines }: Ledger, hostname: string): Machine | undefined {
  return machines.size === 0 ? undefined : machines.get(keyOf(hostname))
}

/** Host names are the same in upper and lower case. */
export function keyOf(hostname: string): string {
  return hostname.toLowerCase()
}

/** Whether two windows are about the same time. */
export function areSameTimes(
  left: Unavailability | undefined,
  right: Unavailability | undefined,
): boolean {
  return left?.startMs === right?.startMs && left?.durationMs === right?.durationMs
}

/** Whether it is the time to work on the machine; without an end, for as long as it is planned. */
export function isUnderway(unavailability: Unavailability | undefined, atMs: number): boolean {
  if (unavailability === undefined) return false
  const { startMs, durationMs = Number.POSITIVE_INFINITY } = unavailability
  return startMs <= atMs && atMs < startMs + durationMs
}
