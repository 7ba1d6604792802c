import type { Offer, Operation, ResourceOperation, Resources } from '../messages/index.ts'
import { InvalidInputError } from '../model/errors.ts'
import { type Amounts, resourcesOf } from '../model/resources/amounts.ts'
import { conversionsOf, converted, sumOf } from '../model/resources/conversions.ts'
import { formatKind, parseKind } from '../model/resources/kinds.ts'
import { contains, type Quantities, thousandths } from '../model/resources/quantities.ts'
import { placedIn, roomOf } from './placement.ts'
import { type TaskRequest, taskOf } from './task-request.ts'

/** Whom resources are reserved for. */
export interface ReservationRequest {
  /** The role of the offer, or, to refine what is reserved for it, one below. */
  readonly role: string
  /** The principal of the framework that reserves. */
  readonly principal?: string
  readonly labels?: Readonly<Record<string, string>>
}

/** A folder that outlives tasks. */
export interface VolumeRequest extends ReservationRequest {
  /** Unique among the volumes of its role on one agent. */
  readonly id: string
  /** Where tasks see it, relative to their sandbox. */
  readonly path: string
  /** Its size in MB, of disk that is reserved in this way. It is accounted for, not enforced. */
  readonly disk: number
}

export interface OperationOptions {
  /** Under which the framework hears what became of it. */
  readonly id?: string
}

/** A launch as people write it. */
export interface LaunchOperation {
  readonly type: 'LAUNCH'
  readonly tasks: readonly TaskRequest[]
}

/** What a framework may do with offers. */
export type OperationRequest = ResourceOperation | LaunchOperation

/**
 * The amounts as they are named once they are reserved: `cpus(eng,ops)`. Names that have a kind
 * already (under `resources`) are refined. Throws InvalidInputError for what cannot be.
 */
export function reserved(amounts: Amounts, reservation: ReservationRequest): Resources {
  const { role, principal, labels } = reservation
  const added = {
    role,
    type: 'DYNAMIC' as const,
    ...(principal !== undefined && { principal }),
    ...(labels !== undefined && { labels }),
  }
  const plain = Object.entries(resourcesOf('the reservation', amounts))
  const resources = plain.map(([key, amount]) => {
    const kind = parseKind(key) ?? { name: key, reservations: [], revocable: false }
    return [formatKind({ ...kind, reservations: [...kind.reservations, added] }), amount]
  })
  return resourcesOf('the reservation', { resources: Object.fromEntries(resources) })
}

/** A volume as it is named among resources: `disk(eng,ops)[db:data]`. Throws InvalidInputError. */
export function volume({ id, path, disk, ...reservation }: VolumeRequest): Resources {
  const [key = 'disk'] = Object.keys(reserved({ disk }, reservation))
  const kind = parseKind(key) ?? { name: 'disk', reservations: [], revocable: false }
  const named = formatKind({ ...kind, volume: { id, containerPath: path } })
  return resourcesOf(`volume ${id}`, { resources: { [named]: disk } })
}

/** Reserves what is offered; it is offered to this role and those below it from then on. */
export function reserve(
  amounts: Amounts,
  reservation: ReservationRequest,
  options: OperationOptions = {},
): ResourceOperation {
  return { type: 'RESERVE', resources: reserved(amounts, reservation), ...idOf(options) }
}

/** Undoes `reserve` with the same words. */
export function unreserve(
  amounts: Amounts,
  reservation: ReservationRequest,
  options: OperationOptions = {},
): ResourceOperation {
  return { type: 'UNRESERVE', resources: reserved(amounts, reservation), ...idOf(options) }
}

/** Makes volumes of reserved disk. */
export function createVolume(volumes: Resources, options: OperationOptions = {}) {
  return onVolumes('CREATE', volumes, options)
}

/** Makes volumes reserved disk again. Their data is deleted. */
export function destroyVolume(volumes: Resources, options: OperationOptions = {}) {
  return onVolumes('DESTROY', volumes, options)
}

/** Adds reserved disk of the same kind to volumes: the amounts say how much. */
export function growVolume(volumes: Resources, options: OperationOptions = {}) {
  return onVolumes('GROW_VOLUME', volumes, options)
}

/** Takes disk from volumes: the amounts say how much. */
export function shrinkVolume(volumes: Resources, options: OperationOptions = {}) {
  return onVolumes('SHRINK_VOLUME', volumes, options)
}

/** Starts tasks on what the operations before it have left. */
export function launch(...tasks: readonly TaskRequest[]): LaunchOperation {
  return { type: 'LAUNCH', tasks }
}

/**
 * The operations as the master understands them: tasks have concrete resources, chosen from what
 * the operations before leave of the offers. `nameless` makes ids for those that have none. Throws
 * InvalidInputError for a bad task.
 */
export function operationsOn(
  offers: readonly Offer[],
  requests: readonly OperationRequest[],
  nameless: ((index: number) => string) | undefined,
): Operation[] {
  const agentId = offers[0]?.agentId ?? ''
  let room = roomOf(offers)
  return requests.map((request, index) => {
    if (request.type === 'LAUNCH') {
      const tasks = placedIn(room, request.tasks.map(taskOf))
      return { type: 'LAUNCH', tasks: tasks.map((task) => ({ ...task, agentId })) }
    }
    const sized = { ...request, ...sizeOf(request, room) }
    room = after(room, request)
    if (request.operationId !== undefined || nameless === undefined) return sized
    return { ...sized, operationId: nameless(index) }
  })
}

/** A volume that is resized is told with its size before, which tells it from others. */
function sizeOf(operation: ResourceOperation, room: Readonly<Quantities>): { size?: number } {
  if (operation.type !== 'GROW_VOLUME' && operation.type !== 'SHRINK_VOLUME') return {}
  const [key = '', ...others] = Object.keys(operation.volumes)
  const amount = room[key]
  return others.length === 0 && typeof amount === 'number' ? { size: amount / thousandths } : {}
}

/** What the operation leaves; one that the master will refuse leaves all as it is. */
function after(room: Quantities, operation: ResourceOperation): Quantities {
  const resources = 'resources' in operation ? operation.resources : operation.volumes
  if (Object.keys(resources).some((key) => parseKind(key) === undefined)) return room
  const conversions = conversionsOf(operation)
  return contains(room, sumOf(conversions, 'from')) ? converted(room, conversions) : room
}

function onVolumes(
  type: 'CREATE' | 'DESTROY' | 'GROW_VOLUME' | 'SHRINK_VOLUME',
  volumes: Resources,
  options: OperationOptions,
): ResourceOperation {
  if (Object.keys(volumes).some((key) => parseKind(key)?.volume === undefined)) {
    throw new InvalidInputError('volumes are named by volume({ id, path, disk, role, … })')
  }
  return { type, volumes, ...idOf(options) }
}

function idOf({ id }: OperationOptions): { operationId?: string } {
  return id === undefined ? {} : { operationId: id }
}
