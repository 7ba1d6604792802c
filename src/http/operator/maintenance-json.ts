import { isIP } from 'node:net'
import type { MaintenanceWindow } from '../../messages/index.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import { keyOf } from '../../model/ledger/maintenance.ts'
import { WireError } from '../wire/errors.ts'
import { type Json, listAt, objectAt, optionalText, withoutEmpty } from '../wire/json.ts'
import { readUnavailability, writeUnavailability } from '../wire/offers.ts'
import type { Viewer } from './viewer.ts'

/**
 * Machines in Mesos' words: `{hostname, ip}`. Here a machine is known by its host name; one that is
 * named only by its address is looked up among the agents.
 */

/** Reads a schedule. */
export function readSchedule(value: unknown, path: string, ledger: Ledger): MaintenanceWindow[] {
  return listAt(objectAt(value, path).windows, `${path}.windows`).map((item, index) => {
    const at = `${path}.windows[${index}]`
    const json = objectAt(item, at)
    return {
      machines: readMachines(json.machine_ids, `${at}.machine_ids`, ledger),
      ...readUnavailability(json.unavailability, `${at}.unavailability`),
    }
  })
}

/** Reads a list of machines as host names. */
export function readMachines(value: unknown, path: string, ledger: Ledger): string[] {
  return listAt(value, path).map((item, index) => {
    const at = `${path}[${index}]`
    const json = objectAt(item, at)
    const hostname = optionalText(json.hostname, `${at}.hostname`) ?? ''
    const ip = optionalText(json.ip, `${at}.ip`) ?? ''
    if (ip !== '' && isIP(ip) === 0) throw new WireError(`${at}.ip is ${ip}, which is no address`)
    if (hostname !== '') return hostname
    if (ip === '') throw new WireError(`${at} has neither hostname nor ip`)
    return hostnameAt(ledger, ip)
  })
}

function hostnameAt({ agents }: Ledger, ip: string): string {
  for (const { info } of agents.values()) if (info.endpoint?.ip === ip) return info.hostname
  return ip
}

/** What is planned for the machines that the caller may see. */
export function writeSchedule(ledger: Ledger, { seesSchedule }: Viewer): Json {
  const machineOf = machineWriter(ledger)
  return withoutEmpty({
    windows: ledger.maintenance.windows.flatMap(({ machines, ...unavailability }) => {
      const seen = machines.filter(seesSchedule)
      // A window without machines would still tell that and when something is hidden.
      if (seen.length === 0) return []
      return [
        { machine_ids: seen.map(machineOf), unavailability: writeUnavailability(unavailability) },
      ]
    }),
  })
}

/**
 * Which machines are to be worked on, what frameworks say to that, and which are down; of those
 * that the caller may see.
 */
export function writeStatus(ledger: Ledger, { seesMaintenance }: Viewer): Json {
  const machineOf = machineWriter(ledger)
  const machines = [...ledger.machines.values()].filter(({ hostname }) => seesMaintenance(hostname))
  const draining = machines.filter(({ mode }) => mode === 'DRAINING')
  const down = machines.filter(({ mode }) => mode === 'DOWN')
  return withoutEmpty({
    draining_machines: draining.map(({ hostname }) =>
      withoutEmpty({ id: machineOf(hostname), statuses: answersOn(ledger, hostname) }),
    ),
    down_machines: down.map(({ hostname }) => machineOf(hostname)),
  })
}

/** The last answer of each framework that was asked whether it will have left in time. */
function answersOn({ agents }: Ledger, hostname: string): Json[] {
  const there = [...agents.values()].filter(({ info }) => keyOf(info.hostname) === keyOf(hostname))
  return there.flatMap(({ notices }) =>
    [...notices].flatMap(([frameworkId, { answer }]) => {
      if (answer === undefined) return []
      const timestamp = { nanoseconds: answer.atMs * 1_000_000 }
      return [{ status: answer.status, framework_id: { value: frameworkId }, timestamp }]
    }),
  )
}

function machineWriter({ agents }: Ledger): (hostname: string) => Json {
  const ips = new Map<string, string>()
  for (const { info } of agents.values()) {
    if (info.endpoint !== undefined) ips.set(keyOf(info.hostname), info.endpoint.ip)
  }
  return (hostname) => {
    const ip = ips.get(keyOf(hostname)) ?? (isIP(hostname) === 0 ? undefined : hostname)
    return { hostname, ...(ip !== undefined && { ip }) }
  }
}
