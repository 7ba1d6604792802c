import type { ResourceOperation } from '../../messages/index.ts'
import { parseKind } from '../../model/resources/kinds.ts'
import { Refusal } from '../server/answers.ts'
import type { Answer } from '../server/route.ts'
import { idAt, type Json } from '../wire/json.ts'
import { readResourceOperation } from '../wire/resource-operations.ts'
import { type Caller, expectMay, mutate } from './mutate.ts'

type Type = ResourceOperation['type']

/** The calls by which operators change what is reserved, and volumes; answered with 202. */
export const operationCalls = {
  RESERVE_RESOURCES: operation('RESERVE'),
  UNRESERVE_RESOURCES: operation('UNRESERVE'),
  CREATE_VOLUMES: operation('CREATE'),
  DESTROY_VOLUMES: operation('DESTROY'),
  GROW_VOLUME: operation('GROW_VOLUME'),
  SHRINK_VOLUME: operation('SHRINK_VOLUME'),
} as const

function operation(type: Type) {
  return async (caller: Caller, part: Json, path: string): Promise<Answer> =>
    operate(caller, idAt(part.agent_id, `${path}.agent_id`), type, part, path)
}

/** Does an operation with resources of an agent that nobody uses. */
export async function operate(
  caller: Caller,
  agent: string,
  type: Type,
  part: Json,
  path: string,
): Promise<Answer> {
  const operation = readResourceOperation(type, part, path)
  if (operation.problem !== undefined) throw new Refusal(400, operation.problem)
  if (!caller.ports.ledger().agents.has(agent)) {
    throw new Refusal(400, `There is no agent ${agent}.`)
  }
  for (const reservation of reservationsOf(operation)) check(caller, type, reservation)
  return mutate(caller, { type: 'allocation.operate', agent, operation }, 202)
}

interface Target {
  readonly key: string
  readonly role?: string | undefined
  readonly principal?: string | undefined
}

/** For whom the resources are, or are to be, reserved, and who did that. */
function reservationsOf(operation: ResourceOperation): Target[] {
  const amounts = 'resources' in operation ? operation.resources : operation.volumes
  return Object.keys(amounts).map((key) => ({ key, ...parseKind(key)?.reservations.at(-1) }))
}

function check(caller: Caller, type: Type, { key, role, principal }: Target): void {
  switch (type) {
    case 'RESERVE':
      expectOwn(caller, key, principal)
      return expectMay(caller, 'reserve_resources', { role })
    case 'UNRESERVE':
      return expectMay(caller, 'unreserve_resources', { principal })
    case 'CREATE':
      return expectMay(caller, 'create_volumes', { role })
    case 'DESTROY':
      return expectMay(caller, 'destroy_volumes', { principal })
    case 'GROW_VOLUME':
    case 'SHRINK_VOLUME':
      return expectMay(caller, 'resize_volumes', { role })
  }
}

/** Whoever is known by name reserves in that name (Mesos: src/master/validation.cpp). */
function expectOwn(caller: Caller, key: string, principal: string | undefined): void {
  if (caller.principal === undefined || caller.principal === principal) return
  const named = principal === undefined ? 'no principal' : `the principal ${principal}`
  throw new Refusal(400, `The reservation of ${key} names ${named}; name ${caller.principal}.`)
}
