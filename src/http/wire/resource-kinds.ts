import { assert } from '../../model/assert.ts'
import {
  formatKind,
  parseKind,
  type Reservation,
  type ResourceKind,
  type Volume,
} from '../../model/resources/kinds.ts'
import { isSameJson } from '../../model/same-json.ts'
import { MalformedResource } from './errors.ts'
import {
  enumAt,
  isAbsent,
  type Json,
  listAt,
  objectAt,
  optionalEnum,
  optionalObject,
  optionalText,
  textAt,
  WireProblem,
} from './json.ts'
import { readAllLabels, writeLabels } from './labels.ts'
import { verifyStack } from './resource-forms.ts'

/** What Mesos says about a resource besides its name and amount is part of our key of it. */

/** Whether anything is said that may make it another kind than the plain one. */
export function hasKind(json: Json): boolean {
  return !(
    (json.role === undefined || json.role === '*') &&
    isAbsent(json.reservation) &&
    isAbsent(json.reservations) &&
    isAbsent(json.disk) &&
    isAbsent(json.revocable) &&
    isAbsent(json.shared) &&
    isAbsent(json.provider_id)
  )
}

/** The key of a resource of that name. */
export function readKey(json: Json, name: string, path: string): string {
  if (!isAbsent(json.shared)) throw notSupported(`${path}.shared`, 'shared resources are')
  if (!isAbsent(json.provider_id)) {
    throw notSupported(`${path}.provider_id`, 'resource providers are')
  }
  const reservations = readReservations(json, path)
  const volume = readVolume(optionalObject(json.disk, `${path}.disk`), `${path}.disk`)
  const revocable = optionalObject(json.revocable, `${path}.revocable`) !== undefined
  return formatKind({ name, reservations, revocable, ...(volume && { volume }) })
}

function notSupported(path: string, what: string): WireProblem {
  return new WireProblem(`${path}: ${what} not supported here`)
}

function readReservations(json: Json, path: string): Reservation[] {
  const list = listAt(json.reservations, `${path}.reservations`)
  const role = optionalText(json.role, `${path}.role`)
  const reservation = optionalObject(json.reservation, `${path}.reservation`)
  const old = readOldForm(role, reservation, path)
  if (list.length === 0) {
    verifyStack(old, path)
    return old
  }
  const stack = list.map((item, index) => readReservation(item, `${path}.reservations[${index}]`))
  verifyStack(stack, path)
  if (role === undefined && reservation === undefined) return stack
  // Clients that write both forms say the same twice.
  if (isSameJson(stack, old)) return stack
  throw new MalformedResource(`${path} has reservations beside role or reservation: give either`)
}

/** Before refinement a resource had one reservation, told in two fields. */
function readOldForm(
  role: string | undefined,
  reservation: Json | undefined,
  path: string,
): Reservation[] {
  if (role === undefined || role === '*') {
    if (reservation === undefined) return []
    throw new MalformedResource(`${path} has a reservation for no role: the role * owns nothing`)
  }
  if (reservation === undefined) return [{ role, type: 'STATIC' }]
  if (isAbsent(reservation.type) && isAbsent(reservation.role)) {
    return [{ role, type: 'DYNAMIC', ...readMaker(reservation, `${path}.reservation`) }]
  }
  throw new MalformedResource(`${path}.reservation has a type or role, as only reservations have`)
}

function readReservation(value: unknown, path: string): Reservation {
  const json = objectAt(value, path)
  const type = optionalEnum(json.type, ['STATIC', 'DYNAMIC'], `${path}.type`)
  const role = optionalText(json.role, `${path}.role`)
  if (type === undefined) throw new MalformedResource(`${path} has no type`)
  if (role === undefined) throw new MalformedResource(`${path} has no role`)
  const maker = readMaker(json, path)
  if (type === 'DYNAMIC') return { role, type, ...maker }
  if (Object.keys(maker).length === 0) return { role, type }
  throw new WireProblem(`${path} is static and has a principal or labels, which only dynamic have`)
}

function readMaker(json: Json, path: string): Pick<Reservation, 'principal' | 'labels'> {
  const principal = optionalText(json.principal, `${path}.principal`)
  const labels = isAbsent(json.labels) ? {} : readAllLabels(json.labels, `${path}.labels`)
  if (labels === undefined) {
    throw new WireProblem(`${path}.labels has a key twice, or one that is a number`)
  }
  return {
    ...(principal && { principal }),
    ...(Object.keys(labels).length > 0 && { labels }),
  }
}

function readVolume(disk: Json | undefined, path: string): Volume | undefined {
  if (disk === undefined) return undefined
  if (!isAbsent(disk.source)) throw notSupported(`${path}.source`, 'disks other than the root are')
  const persistence = optionalObject(disk.persistence, `${path}.persistence`)
  const volume = optionalObject(disk.volume, `${path}.volume`)
  if (persistence === undefined) {
    if (volume === undefined) return undefined
    throw notSupported(`${path}.volume`, 'volumes that are not persistent are')
  }
  if (volume === undefined) throw new WireProblem(`${path} has persistence, but no volume`)
  if (!isAbsent(volume.host_path)) throw new WireProblem(`${path}.volume has a host_path`)
  if (enumAt(volume.mode, ['RW', 'RO'], `${path}.volume.mode`) === 'RO') {
    throw new WireProblem(`${path}.volume can only be read; a persistent volume is RW`)
  }
  const id = textAt(persistence.id, `${path}.persistence.id`)
  const containerPath = textAt(volume.container_path, `${path}.volume.container_path`)
  if (id !== '' && containerPath !== '') return { id, containerPath }
  throw new WireProblem(`${path} is a volume without an id or path`)
}

/** Everything but the amount of a resource whose key is not plain. */
export function writeKind(key: string, refined: boolean): Record<string, unknown> {
  const kind = parseKind(key)
  assert(kind !== undefined, () => `${key} is no resource`)
  const { name, reservations, volume, revocable } = kind
  const json: Record<string, unknown> = { name }
  if (refined) {
    if (reservations.length > 0) json.reservations = reservations.map(writeReservation)
  } else writeOldForm(json, reservations.at(-1))
  if (volume !== undefined) json.disk = writeVolume(kind, volume)
  if (revocable) json.revocable = {}
  return json
}

function writeReservation(reservation: Reservation): Json {
  const { type, role } = reservation
  return { type, role, ...writeMaker(reservation) }
}

/** Before refinement a resource had one reservation, told in two fields. */
function writeOldForm(json: Record<string, unknown>, last: Reservation | undefined): void {
  json.role = last?.role ?? '*'
  if (last?.type === 'DYNAMIC') json.reservation = writeMaker(last)
}

function writeMaker({ principal, labels }: Reservation): Json {
  return {
    ...(principal !== undefined && { principal }),
    ...(labels !== undefined && { labels: writeLabels(labels) }),
  }
}

function writeVolume({ reservations }: ResourceKind, { id, containerPath }: Volume): Json {
  // Mesos demands that whoever creates a volume is who reserved its disk.
  const principal = reservations.at(-1)?.principal
  return {
    persistence: { id, ...(principal !== undefined && { principal }) },
    volume: { container_path: containerPath, mode: 'RW' },
  }
}
