import type { ResourceOperation } from '../../messages/index.ts'
import { parseKind } from '../../model/resources/kinds.ts'
import type { Action } from './acls.ts'
import type { ActionObject } from './authorizer.ts'

/** What somebody must be allowed to do. */
export interface Right {
  readonly action: Action
  readonly object: ActionObject
}

const actions: Readonly<Record<ResourceOperation['type'], Action>> = {
  RESERVE: 'reserve_resources',
  UNRESERVE: 'unreserve_resources',
  CREATE: 'create_volumes',
  DESTROY: 'destroy_volumes',
  GROW_VOLUME: 'resize_volumes',
  SHRINK_VOLUME: 'resize_volumes',
}

/** What whoever changes resources so must be allowed to do: a right for each kind of them. */
export function rightsFor(operation: ResourceOperation): Right[] {
  const amounts = 'resources' in operation ? operation.resources : operation.volumes
  const action = actions[operation.type]
  return Object.keys(amounts).map((key) => {
    const { role, principal } = parseKind(key)?.reservations.at(-1) ?? {}
    return { action, object: { role, principal } }
  })
}
