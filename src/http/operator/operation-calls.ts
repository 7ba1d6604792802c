import type { ResourceOperation } from '../../messages/index.ts'
import { rightsFor } from '../security/operations.ts'
import { Refusal } from '../server/answers.ts'
import type { Answer } from '../server/route.ts'
import { idAt, isAbsent, type Json, listAt, objectAt } from '../wire/json.ts'
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
  if (type === 'RESERVE') {
    expectUnallocated(part, path)
    expectOwn(caller, operation)
  }
  if (type === 'CREATE') expectOwnVolumes(caller, part, path)
  for (const { action, object } of rightsFor(operation)) expectMay(caller, action, object)
  return mutate(caller, { type: 'allocation.operate', agent, operation }, 202)
}

/** Whoever is known by name reserves in that name (Mesos: src/master/validation.cpp). */
function expectOwn({ principal }: Caller, operation: ResourceOperation): void {
  if (principal === undefined) return
  for (const { object } of rightsFor(operation)) {
    if (object.principal === principal) continue
    const named = object.principal ?? 'nobody'
    throw new Refusal(400, `A reservation of yours is made by ${principal}, and not by ${named}.`)
  }
}

/** What operators reserve is nobody's: an allocation in it is a mistake. */
function expectUnallocated({ resources }: Json, path: string): void {
  for (const [index, item] of listAt(resources, `${path}.resources`).entries()) {
    const at = `${path}.resources[${index}]`
    if (isAbsent(objectAt(item, at).allocation_info)) continue
    throw new Refusal(400, `${at} has allocation_info; operators reserve what is not allocated.`)
  }
}

/** Whoever is known by name creates volumes in that name (Mesos: src/master/validation.cpp). */
function expectOwnVolumes({ principal }: Caller, { volumes }: Json, path: string): void {
  if (principal === undefined) return
  for (const [index, item] of listAt(volumes, `${path}.volumes`).entries()) {
    const at = `${path}.volumes[${index}]`
    const { persistence } = objectAt(objectAt(item, at).disk, `${at}.disk`)
    const named = objectAt(persistence, `${at}.disk.persistence`).principal
    if (named === principal) continue
    const maker = isAbsent(named) ? 'nobody' : String(named)
    throw new Refusal(400, `${at} is a volume of yours, made by ${principal}, and not by ${maker}.`)
  }
}
