import type { ExecutorInfo, FrameworkInfo, TaskInfo } from '../../messages/index.ts'
import { userOf } from '../../model/command-user.ts'
import type { Acls, Action, Entity } from './acls.ts'

/** What an action is done with; which of these counts depends on the action. */
export interface ActionObject {
  readonly role?: string | undefined
  readonly framework?: FrameworkInfo | undefined
  readonly task?: TaskInfo | undefined
  readonly executor?: ExecutorInfo | undefined
  /** The principal of a reservation or a volume. */
  readonly principal?: string | undefined
  /** The host name of an agent or a machine. */
  readonly hostname?: string | undefined
  readonly path?: string | undefined
}

/** Says who may do what. */
export interface Authorizer {
  /** Whether a principal, or a caller without a name, may do this with that. */
  may(principal: string | undefined, action: Action, object: ActionObject): boolean
}

/**
 * Goes by a list of rules: of an action's rules the first counts that fits the caller and the
 * object; where none does, everything is allowed or nothing (Mesos:
 * src/authorizer/local/authorizer.cpp).
 */
export class LocalAuthorizer implements Authorizer {
  readonly #acls: Acls

  constructor(acls: Acls) {
    this.#acls = acls
  }

  may(principal: string | undefined, action: Action, object: ActionObject): boolean {
    const name = nameOf(action, object)
    for (const { subjects, objects } of this.#acls.rules.get(action) ?? []) {
      if (!fits(principal, subjects) || !fits(name, objects)) continue
      return allows(principal, subjects) && allows(name, objects)
    }
    return this.#acls.permissive
  }
}

/** Whether a rule is about it. A rule about nobody is about everybody: it forbids. */
function fits(name: string | undefined, entity: Entity): boolean {
  return entity.type !== 'SOME' || (name !== undefined && isAmong(name, entity.values))
}

function allows(name: string | undefined, entity: Entity): boolean {
  if (entity.type === 'SOME') return name !== undefined && isAmong(name, entity.values)
  return entity.type === 'ANY'
}

/** `eng/%` stands for all roles below eng. */
function isAmong(name: string, values: readonly string[]): boolean {
  return values.some(
    (value) => value === name || (value.endsWith('/%') && name.startsWith(value.slice(0, -1))),
  )
}

/** What the rules of an action name; nothing when it is about anything, or nobody knows what. */
function nameOf(action: Action, object: ActionObject): string | undefined {
  switch (action) {
    case 'run_tasks':
    case 'view_tasks':
    case 'view_frameworks':
    case 'view_executors':
    case 'access_sandboxes':
    case 'view_containers':
      return userIn(object)
    case 'teardown_frameworks':
      return object.framework?.principal
    case 'unreserve_resources':
    case 'destroy_volumes':
      return object.principal
    default:
      return object.role ?? object.hostname ?? object.path
  }
}

/** As whom something runs: what the command says, the executor's command, or the framework. */
function userIn({ task, executor, framework }: ActionObject): string | undefined {
  const commands = [task?.command, task?.executor?.command, executor?.command]
  for (const command of commands) {
    const user = userOf(command)
    if (user !== undefined) return user
  }
  return framework?.user
}
