import { problemWithId } from '../../messages/index.ts'
import { problemWithRole } from '../validation/roles.ts'
import type { Quantities, Scalars } from './quantities.ts'

/**
 * What distinguishes resources of one name: for whom they are reserved, whether they are a volume,
 * whether they may be taken away. In the books all of it is part of the resource's key, in the
 * notation of Mesos' own flags, so that amounts of different kinds never mix:
 *
 *     cpus                        unreserved
 *     cpus(eng)                   reserved for eng when the agent started (static)
 *     cpus(eng,ops,team=web)      reserved later (dynamic), by the principal ops, with a label
 *     cpus(eng,ops,mine)          the same, with a label that has no value
 *     cpus(eng)(eng/ads,ops)      a reservation refined for a role below
 *     disk(eng,ops)[db:data]      a persistent volume named db, seen as `data` in the sandbox
 *     cpus{revocable}             may be taken away at any time
 */
export interface ResourceKind {
  readonly name: string
  /** The stack of reservations; the last one counts. */
  readonly reservations: readonly Reservation[]
  readonly volume?: Volume
  readonly revocable: boolean
}

export interface Reservation {
  readonly role: string
  readonly type: 'STATIC' | 'DYNAMIC'
  /** Who made it; dynamic ones only. */
  readonly principal?: string
  /** A label may have no value. */
  readonly labels?: Readonly<Record<string, string | undefined>>
}

/** A folder on the agent that outlives tasks. */
export interface Volume {
  /** Unique per role and agent. */
  readonly id: string
  /** Where tasks see it, relative to their sandbox. */
  readonly containerPath: string
}

const revocableMark = '{revocable}'
const closings = { round: 0x29, square: 0x5d, curly: 0x7d } as const
const shape =
  /^(?<name>[^()[\]{}]+)(?<reservations>(?:\([^()]*\))*)(?:\[(?<volume>[^[\]]*)\])?(?<revocable>\{revocable\})?$/

/** The resource's name without its kind: what shares and capacities are counted by. */
export function nameOf(key: string): string {
  return isPlain(key) ? key : key.slice(0, key.search(/[([{]/))
}

/** Whether the key has no more to it than a name. Called for every amount that is booked. */
export function isPlain(key: string): boolean {
  const last = key.charCodeAt(key.length - 1)
  return last !== closings.round && last !== closings.square && last !== closings.curly
}

/** Scalars by name, whatever kind they are of; lists of several kinds or agents have no sum. */
export function scalarsByName(amounts: Readonly<Quantities>): Scalars {
  const scalars: Scalars = {}
  for (const key in amounts) {
    const amount = amounts[key]
    if (typeof amount !== 'number') continue
    const name = nameOf(key)
    scalars[name] = (scalars[name] ?? 0) + amount
  }
  return scalars
}

/** How much there is of one name, reserved or not, in the units in which the amounts are. */
export function scalarOf(amounts: Readonly<Quantities>, name: string): number {
  let sum = 0
  for (const key in amounts) {
    const amount = amounts[key]
    if (typeof amount === 'number' && nameOf(key) === name) sum += amount
  }
  return sum
}

export function isReserved(key: string): boolean {
  return !isPlain(key) && key.includes('(')
}

export function isRevocable(key: string): boolean {
  return !isPlain(key) && key.endsWith(revocableMark)
}

/** The role that the resource is reserved for; nothing when everybody may have it. */
export function reservedRole(key: string): string | undefined {
  if (isPlain(key)) return undefined
  const start = key.lastIndexOf('(')
  if (start === -1) return undefined
  const [role = ''] = key.slice(start + 1, key.indexOf(')', start)).split(',', 1)
  return decodeURIComponent(role)
}

/** Whether `role` is the other role or lies below it. */
export function isWithin(role: string, ancestor: string): boolean {
  return role === ancestor || (role.startsWith(ancestor) && role[ancestor.length] === '/')
}

/** Reads a key. Nothing when it is not written as above. */
export function parseKind(key: string): ResourceKind | undefined {
  const parts = shape.exec(key)?.groups
  if (parts === undefined) return undefined
  const { name = '', reservations = '', volume, revocable } = parts
  try {
    const stack = [...reservations.matchAll(/\(([^()]*)\)/g)].map(([, text = '']) =>
      parseReservation(text),
    )
    const [id, containerPath] = volume?.split(':').map(decodeURIComponent) ?? []
    if (volume !== undefined && (!id || !containerPath)) return undefined
    return {
      name,
      reservations: stack,
      revocable: revocable !== undefined,
      ...(id && containerPath && { volume: { id, containerPath } }),
    }
  } catch {
    return undefined
  }
}

/** Writes a key; the same kind always gives the same key. */
export function formatKind(kind: ResourceKind): string {
  const { name, reservations, volume, revocable } = kind
  const stack = reservations.map((reservation) => `(${formatReservation(reservation)})`).join('')
  const disk = volume === undefined ? '' : `[${encode(volume.id)}:${encode(volume.containerPath)}]`
  return `${name}${stack}${disk}${revocable ? revocableMark : ''}`
}

/** Says in a sentence what is wrong with a key, or nothing. */
export function problemWithKind(key: string): string | undefined {
  if (!/[()[\]{}]/.test(key)) return undefined
  const kind = parseKind(key)
  if (kind === undefined) {
    return `${key} is no resource; write cpus, cpus(role), disk(role)[id:path] or cpus{revocable}`
  }
  const canonical = formatKind(kind)
  if (canonical !== key) return `${key} has another notation, which all use: ${canonical}`
  const { reservations, volume, revocable, name } = kind
  for (const [index, { role, type }] of reservations.entries()) {
    const problem = role === '*' ? 'the role * owns nothing' : problemWithRole(role)
    if (problem !== undefined) return `${key}: ${problem}`
    const outer = reservations[index - 1]
    if (outer !== undefined && (outer.role === role || !isWithin(role, outer.role))) {
      return `${key}: a reservation for ${outer.role} can be refined only for a role below it`
    }
    if (index > 0 && type === 'STATIC') return `${key}: only the first reservation can be static`
  }
  if (revocable && reservations.length > 0) return `${key}: what is revocable cannot be reserved`
  if (volume === undefined) return undefined
  if (name !== 'disk') return `${key}: only disk can be a volume`
  if (reservations.length === 0) return `${key}: a volume needs a reservation`
  return problemWithId('the volume id', volume.id) ?? problemWithPath(volume.containerPath)
}

/** What an executor leaves in every sandbox. */
const takenPaths = ['stdout', 'stderr', 'exit-status']

function problemWithPath(path: string): string | undefined {
  if (path.startsWith('/')) return `the volume path ${path} must be relative to the sandbox`
  const parts = path.split('/')
  if (parts.some((part) => part === '..' || part === '.' || part === '')) {
    return `the volume path ${path} must stay inside the sandbox`
  }
  for (const part of parts) {
    const problem = problemWithId('a part of the volume path', part)
    if (problem !== undefined) return problem
  }
  const [first = ''] = parts
  if (!takenPaths.includes(first)) return undefined
  return `the volume path ${path} is taken: every sandbox has a file ${first}`
}

function parseReservation(text: string): Reservation {
  const [role = '', principal, ...labels] = text.split(',')
  if (principal === undefined) return { role: decodeURIComponent(role), type: 'STATIC' }
  const pairs = labels.map((label) => label.split('=').map(decodeURIComponent))
  return {
    role: decodeURIComponent(role),
    type: 'DYNAMIC',
    ...(principal !== '' && { principal: decodeURIComponent(principal) }),
    ...(pairs.length > 0 && {
      labels: Object.fromEntries(pairs.map(([key = '', value]) => [key, value])),
    }),
  }
}

function formatReservation({ role, type, principal = '', labels = {} }: Reservation): string {
  if (type === 'STATIC') return encode(role)
  const pairs = Object.entries(labels).map(([key, value]) =>
    value === undefined ? encode(key) : `${encode(key)}=${encode(value)}`,
  )
  return [encode(role), encode(principal), ...pairs.sort()].join(',')
}

/** Slashes stay readable; everything that could be taken for notation does not. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%2F', '/')
    .replace(/[()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
