import type { ExecutorInfo, FrameworkInfo } from '../../messages/index.ts'
import type { Action } from '../security/acls.ts'
import type { ActionObject, Authorizer } from '../security/authorizer.ts'
import type { TaskOrigin } from './task-version.ts'

/** What one caller may see. What they may not is left out of answers, and no error. */
export class Viewer {
  readonly #authorizer: Authorizer | undefined
  readonly #principal: string | undefined

  constructor(authorizer: Authorizer | undefined, principal: string | undefined) {
    this.#authorizer = authorizer
    this.#principal = principal
  }

  /** Whether nothing is hidden from anybody. */
  get seesAll(): boolean {
    return this.#authorizer === undefined
  }

  readonly seesFramework = (framework: FrameworkInfo): boolean =>
    this.#may('view_frameworks', { framework })

  /** Of a task whose framework may be seen, which is a right of its own. */
  readonly seesTask = (task: TaskOrigin, framework: FrameworkInfo): boolean =>
    this.#may('view_tasks', { task: task.info, framework })

  readonly seesExecutor = (executor: ExecutorInfo, framework: FrameworkInfo): boolean =>
    this.#may('view_executors', { executor, framework })

  readonly seesRole = (role: string): boolean => this.#may('view_roles', { role })

  readonly seesQuota = (role: string): boolean => this.#may('get_quotas', { role })

  /** Whether it may be told when a machine is to be worked on. */
  readonly seesSchedule = (hostname: string): boolean =>
    this.#may('get_maintenance_schedules', { hostname })

  /** Whether it may be told that a machine is being emptied, or down. */
  readonly seesMaintenance = (hostname: string): boolean =>
    this.#may('get_maintenance_statuses', { hostname })

  readonly seesContainer = (executor: ExecutorInfo, framework: FrameworkInfo): boolean =>
    this.#may('view_containers', { executor, framework })

  readonly seesFlags = (): boolean => this.#may('view_flags', {})

  #may(action: Action, object: ActionObject): boolean {
    return this.#authorizer?.may(this.#principal, action, object) ?? true
  }
}

/** Somebody from whom nothing is hidden. */
export const everybody = new Viewer(undefined, undefined)
