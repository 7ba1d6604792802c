import { InvalidInputError } from '../../model/errors.ts'
import { isObject } from '../wire/json.ts'

/** Whom or what a rule is about: some names, everybody, or nobody. */
export type Entity =
  | { readonly type: 'SOME'; readonly values: readonly string[] }
  | { readonly type: 'ANY' | 'NONE' }

/** One rule of an action: who may do it with what. */
export interface Rule {
  readonly subjects: Entity
  readonly objects: Entity
}

/** The rules of each action, in order, and what counts where none fits. */
export interface Acls {
  readonly permissive: boolean
  readonly rules: ReadonlyMap<string, readonly Rule[]>
}

/** The name of what an action's rules are about (Mesos: include/mesos/authorizer/acls.proto). */
const objectFields = {
  register_frameworks: 'roles',
  run_tasks: 'users',
  teardown_frameworks: 'framework_principals',
  reserve_resources: 'roles',
  unreserve_resources: 'reserver_principals',
  create_volumes: 'roles',
  destroy_volumes: 'creator_principals',
  resize_volumes: 'roles',
  get_quotas: 'roles',
  update_quotas: 'roles',
  view_roles: 'roles',
  update_weights: 'roles',
  get_endpoints: 'paths',
  view_flags: 'flags',
  view_frameworks: 'users',
  view_executors: 'users',
  view_tasks: 'users',
  access_sandboxes: 'users',
  access_mesos_logs: 'logs',
  view_containers: 'users',
  mark_agents_gone: 'agents',
  drain_agents: 'agents',
  deactivate_agents: 'agents',
  reactivate_agents: 'agents',
  get_maintenance_schedules: 'machines',
  get_maintenance_statuses: 'machines',
  update_maintenance_schedules: 'machines',
  start_maintenances: 'machines',
  stop_maintenances: 'machines',
  set_log_level: 'level',
} as const

/** What somebody may be allowed or forbidden to do. */
export type Action = keyof typeof objectFields

/**
 * Actions of Mesos that nobody could check here. To take their rules and not to keep them would
 * protect nothing, without a word.
 */
const uncheckable: Readonly<Record<string, string>> = {
  register_agents:
    'agents show a token and no principal; leave it out, and keep the token from others',
}

/** Reads a file of rules in Mesos' form. Throws InvalidInputError with what is wrong with it. */
export function readAcls(text: string): Acls {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (error) {
    throw new InvalidInputError(`the ACLs are not JSON: ${String(error)}`)
  }
  if (!isObject(data)) throw new InvalidInputError('the ACLs are no object of JSON')
  const rules = new Map<string, readonly Rule[]>()
  const { permissive = true, ...actions } = data
  if (typeof permissive !== 'boolean') {
    throw new InvalidInputError('the ACLs: permissive is neither true nor false')
  }
  for (const [action, list] of Object.entries(actions)) {
    const field = Object.entries(objectFields).find(([known]) => known === action)?.[1]
    const reason = Object.hasOwn(uncheckable, action) ? uncheckable[action] : undefined
    if (reason !== undefined) {
      throw new InvalidInputError(`the ACLs: ${action} cannot be checked here: ${reason}`)
    }
    // What is misspelt would protect nothing, without a word.
    if (field === undefined) throw new InvalidInputError(`the ACLs: there is no action ${action}`)
    if (!Array.isArray(list)) throw new InvalidInputError(`the ACLs: ${action} is no list`)
    rules.set(
      action,
      list.map((rule: unknown, index) => ruleOf(rule, field, `${action}[${index}]`)),
    )
  }
  return { permissive, rules }
}

function ruleOf(rule: unknown, field: string, path: string): Rule {
  if (!isObject(rule)) throw new InvalidInputError(`the ACLs: ${path} is no object`)
  for (const name of Object.keys(rule)) {
    if (name === 'principals' || name === field) continue
    throw new InvalidInputError(`the ACLs: ${path} has principals and ${field}, and no ${name}`)
  }
  return {
    subjects: entityOf(rule.principals, `${path}.principals`),
    objects: entityOf(rule[field], `${path}.${field}`),
  }
}

function entityOf(entity: unknown, path: string): Entity {
  if (!isObject(entity)) throw new InvalidInputError(`the ACLs: ${path} is missing`)
  const { type = 'SOME', values = [] } = entity
  if (type === 'ANY' || type === 'NONE') return { type }
  const isList = Array.isArray(values) && values.every((value) => typeof value === 'string')
  if (type === 'SOME' && isList) return { type, values }
  throw new InvalidInputError(`the ACLs: ${path} has neither texts as values nor type ANY or NONE`)
}
