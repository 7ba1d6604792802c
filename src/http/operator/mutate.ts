import type { OperatorRequest } from '../../messages/index.ts'
import { ClosedError, InvalidInputError } from '../../model/errors.ts'
import type { Action } from '../security/acls.ts'
import type { ActionObject, Authorizer } from '../security/authorizer.ts'
import { empty, Refusal } from '../server/answers.ts'
import type { Answer } from '../server/route.ts'
import type { OperatorPorts } from './ports.ts'

/** What is asked of the master, by whom. */
export interface Caller {
  readonly ports: OperatorPorts
  readonly principal: string | undefined
}

/** Whoever may be forbidden something, and by whom: here, or at an agent. */
export interface Bound {
  readonly ports: { readonly authorizer?: Authorizer | undefined }
  readonly principal: string | undefined
}

/**
 * Asks the master, and answers with the status given when it agrees. What it refuses is a 400, or a
 * 409 when it may be right at another time.
 */
export async function mutate(
  { ports }: Caller,
  request: OperatorRequest,
  status = 200,
): Promise<Answer> {
  // Mesos' JSON knows infinite numbers; messages do not.
  if (!hasFiniteNumbers(request)) throw new Refusal(400, 'A number of the call is not finite.')
  try {
    await ports.ask(request)
    return empty(status)
  } catch (error) {
    if (error instanceof InvalidInputError) {
      throw new Refusal(error.isConflict ? 409 : 400, error.message)
    }
    if (error instanceof ClosedError) throw new Refusal(503, error.message)
    throw error
  }
}

function hasFiniteNumbers(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  return Object.values(value).every(hasFiniteNumbers)
}

/** Refuses (403) what the caller may not do with one of the objects. */
export function expectMay(
  { ports: { authorizer }, principal }: Bound,
  action: Action,
  ...objects: readonly ActionObject[]
): void {
  if (objects.every((object) => authorizer?.may(principal, action, object) ?? true)) return
  throw new Refusal(403, `${principal ?? 'Whoever gives no name'} may not do this (${action}).`)
}
