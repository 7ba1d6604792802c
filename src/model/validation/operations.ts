import { problemWithId, type ResourceOperation, type Resources } from '../../messages/index.ts'
import type { AgentRecord, FrameworkRecord } from '../ledger/records.ts'
import { diskKey, unreservedKey } from '../resources/conversions.ts'
import { parseKind, type Reservation, type ResourceKind } from '../resources/kinds.ts'
import { problemWithResources } from '../resources/problems.ts'
import {
  isEmpty,
  type Quantities,
  type Quantity,
  shortOf,
  subtract,
  thousandths,
  toQuantities,
} from '../resources/quantities.ts'
import { isSameVolume, volumesIn } from '../resources/volumes.ts'

/** What an operation is checked against: who asks for it where, and what is left of the offers. */
export interface OperationContext {
  readonly agent: AgentRecord
  /** Whose scheduler asks, and the role that the offers were made to; nothing for an operator. */
  readonly asker?: { readonly framework: FrameworkRecord; readonly role: string }
  readonly remaining: Readonly<Quantities>
}

/**
 * Says in a sentence why an operation cannot be done, or nothing (Mesos: src/master/validation.cpp,
 * operation::validate). What is in use, or offered to others, is not in the offers: so it is safe.
 */
export function problemWithOperation(
  operation: ResourceOperation,
  context: OperationContext,
): string | undefined {
  const { operationId } = operation
  const resources = 'resources' in operation ? operation.resources : operation.volumes
  const problem =
    operation.problem ??
    (operationId === undefined ? undefined : problemWithId('the operation id', operationId)) ??
    problemWithResources(resources)
  if (problem !== undefined) return problem
  if (isResize(operation.type) && isEmpty(toQuantities(resources))) {
    return 'a volume grows or shrinks by more than nothing'
  }
  return (
    problemWithCreators(operation, context) ??
    problemWithEach(operation.type, resources, context) ??
    problemWithStatedSize(operation, context)
  )
}

/** Whoever has a principal creates volumes in its name; whoever has none, in any (as in Mesos). */
function problemWithCreators(
  operation: ResourceOperation,
  { asker }: OperationContext,
): string | undefined {
  const own = asker?.framework.info.principal
  if (operation.type !== 'CREATE' || own === undefined) return undefined
  const other = operation.creators?.find((creator) => creator !== own)
  if (other === undefined) return undefined
  return `a volume names ${other === '' ? 'no principal' : `the principal ${other}`} as its creator, but the framework's is ${own}`
}

/** A volume of another size than the one that is there is another volume. */
export function problemWithStatedSize(
  operation: ResourceOperation,
  { remaining }: Pick<OperationContext, 'remaining'>,
): string | undefined {
  if (operation.type !== 'GROW_VOLUME' && operation.type !== 'SHRINK_VOLUME') return undefined
  const { size, volumes } = operation
  if (size === undefined) return undefined
  const key = Object.keys(volumes).find(
    (name) => remaining[name] !== Math.round(size * thousandths),
  )
  return key === undefined ? undefined : `${key} has another size than ${size}`
}

/** Mesos refuses these when they change nothing; all others of nothing are done at once. */
function isResize(type: ResourceOperation['type']): boolean {
  return type === 'GROW_VOLUME' || type === 'SHRINK_VOLUME'
}

/** Key by key, because two of them may be made of the same. */
function problemWithEach(
  type: ResourceOperation['type'],
  resources: Resources,
  context: OperationContext,
): string | undefined {
  let left = context.remaining
  for (const [key, amount] of Object.entries(toQuantities(resources))) {
    const kind = parseKind(key)
    if (kind === undefined) return `${key} is no resource`
    const problem = problemWithKey(type, { key, kind, amount }, { ...context, remaining: left })
    if (problem !== undefined) return problem
    left = subtract(left, { [sourceOf(type, key)]: amount })
  }
  if (type !== 'CREATE') return undefined
  return problemWithTwins(resources)
}

interface Part {
  readonly key: string
  readonly kind: ResourceKind
  readonly amount: Quantity
}

function problemWithKey(
  type: ResourceOperation['type'],
  part: Part,
  context: OperationContext,
): string | undefined {
  switch (type) {
    case 'RESERVE':
      return problemWithReservation(part, context) ?? problemWithLack(type, part, context)
    case 'UNRESERVE':
      return problemWithUnreserve(part) ?? problemWithLack(type, part, context)
    case 'CREATE':
      return (
        problemWithVolume(part) ??
        problemWithNewId(part, context.agent) ??
        problemWithLack(type, part, context)
      )
    case 'DESTROY':
    case 'SHRINK_VOLUME':
      return (
        problemWithVolume(part) ??
        problemWithDestruction(type, part, context) ??
        problemWithLack(type, part, context) ??
        problemWithSize(type, part, context)
      )
    case 'GROW_VOLUME':
      return problemWithVolume(part) ?? problemWithGrowth(part, context)
  }
}

/** The key of what an operation takes. */
function sourceOf(type: ResourceOperation['type'], key: string): string {
  if (type === 'RESERVE') return unreservedKey(key)
  return type === 'CREATE' || type === 'GROW_VOLUME' ? diskKey(key) : key
}

function problemWithReservation(
  { key, kind }: Part,
  { asker }: OperationContext,
): string | undefined {
  if (kind.volume !== undefined) return `${key} is a volume; reserve the disk, then create it`
  const target = kind.reservations.at(-1)
  if (target === undefined)
    return `${key} is not reserved; write ${key}(${asker?.role ?? 'role'},principal)`
  if (target.type === 'STATIC') {
    return `${key} would be a static reservation, which only the agent's start makes; write (${target.role},) or name the principal after the comma`
  }
  if (asker === undefined) return undefined
  const { framework, role } = asker
  return problemWithRole(key, target, role) ?? problemWithPrincipal(key, target, framework)
}

/** Who wants to refine a reservation for a role below has to be offered it in that role. */
function problemWithRole(key: string, target: Reservation, role: string): string | undefined {
  if (target.role === role) return undefined
  return `${key} is for the role ${target.role}, but what was offered to ${role} can be reserved only for ${role}`
}

/** Whoever has a principal reserves in its name; whoever has none, in any (as in Mesos). */
function problemWithPrincipal(
  key: string,
  { principal }: Reservation,
  { info }: FrameworkRecord,
): string | undefined {
  if (info.principal === undefined || principal === info.principal) return undefined
  const named = principal === undefined ? 'no principal' : `the principal ${principal}`
  return `${key} names ${named}, but the framework's is ${info.principal}`
}

function problemWithUnreserve({ key, kind }: Part): string | undefined {
  if (kind.volume !== undefined) return `${key} is a volume; destroy it first`
  const last = kind.reservations.at(-1)
  if (last === undefined) return `${key} is not reserved`
  if (last.type === 'DYNAMIC') return undefined
  return `${key} is reserved since the agent's start, and as long as it runs`
}

function problemWithVolume({ key, kind, amount }: Part): string | undefined {
  if (kind.volume === undefined) return `${key} is no volume; write disk(role,principal)[id:path]`
  return typeof amount === 'number' ? undefined : `${key} is a list; a volume has a size in MB`
}

function problemWithNewId({ key, kind }: Part, agent: AgentRecord): string | undefined {
  const role = kind.reservations.at(-1)?.role ?? ''
  const { id = '' } = kind.volume ?? {}
  const twin = volumesIn(agent.total).some((volume) => isSameVolume(volume, { role, id }))
  return twin ? `${key}: the agent has a volume ${id} of the role ${role} already` : undefined
}

function problemWithTwins(volumes: Resources): string | undefined {
  const list = volumesIn(volumes)
  const twin = list.find((one, index) => list.slice(0, index).some((two) => isSameVolume(one, two)))
  return twin && `the volume ${twin.id} of the role ${twin.role} is created twice`
}

function problemWithLack(
  type: ResourceOperation['type'],
  { key, amount }: Part,
  { agent, remaining }: OperationContext,
): string | undefined {
  const source = sourceOf(type, key)
  if (shortOf(remaining, { [source]: amount }) === undefined) return undefined
  if (agent.used[source] !== undefined) {
    return `the offers hold too little ${source}: the rest of it is in use by tasks`
  }
  return `the offers hold ${remaining[source] === undefined ? 'no' : 'too little'} ${source}`
}

/** What operators destroy need not have been offered: it is looked for on the agent itself. */
function problemWithDestruction(
  type: ResourceOperation['type'],
  { key }: Part,
  { agent, asker }: OperationContext,
): string | undefined {
  if (type !== 'DESTROY' || asker !== undefined) return undefined
  if (agent.total[key] === undefined) {
    return `persistent volumes not found: agent ${agent.id} has no ${key}`
  }
  if (agent.used[key] === undefined) return undefined
  return `persistent volumes in use: a task on agent ${agent.id} uses ${key}`
}

/** A volume is destroyed as a whole, and shrunk to something. */
function problemWithSize(
  type: ResourceOperation['type'],
  { key, amount }: Part,
  { remaining }: OperationContext,
): string | undefined {
  const isWhole = remaining[key] === amount
  if (type === 'DESTROY') return isWhole ? undefined : `${key} is destroyed as a whole or not`
  return isWhole ? `${key} would be shrunk to nothing; destroy it instead` : undefined
}

function problemWithGrowth(part: Part, context: OperationContext): string | undefined {
  if (context.remaining[part.key] === undefined) return `the offers hold no ${part.key}`
  return problemWithLack('GROW_VOLUME', part, context)
}
