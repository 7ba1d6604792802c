import type { MaintenanceWindow } from '../../messages/index.ts'
import { type Json, listAt, objectAt, optionalText, WireError } from './json.ts'
import { readUnavailability, writeUnavailability } from './offers.ts'

/** Reads `{windows: [{machine_ids, unavailability}]}`. */
export function readSchedule(value: unknown, path: string): MaintenanceWindow[] {
  const { windows } = objectAt(value, path)
  return listAt(windows, `${path}.windows`).map((item, index) => {
    const at = `${path}.windows[${index}]`
    const json = objectAt(item, at)
    return {
      machines: readMachines(json.machine_ids, `${at}.machine_ids`),
      ...readUnavailability(json.unavailability, `${at}.unavailability`),
    }
  })
}

/** Reads machines as the names of their hosts; one of which only the address is told is that. */
export function readMachines(value: unknown, path: string): string[] {
  return listAt(value, path).map((item, index) => {
    const at = `${path}[${index}]`
    const json = objectAt(item, at)
    const hostname = optionalText(json.hostname, `${at}.hostname`) ?? ''
    const ip = optionalText(json.ip, `${at}.ip`) ?? ''
    const machine = hostname === '' ? ip : hostname
    if (machine !== '') return machine
    throw new WireError(`${at} has neither a hostname nor an ip`)
  })
}

export function writeSchedule(windows: readonly MaintenanceWindow[]): Json {
  return {
    windows: windows.map(({ machines, ...unavailability }) => ({
      machine_ids: machines.map(writeMachine),
      unavailability: writeUnavailability(unavailability),
    })),
  }
}

export function writeMachine(hostname: string): Json {
  return { hostname }
}
