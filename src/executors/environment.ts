import type { TaskInfo } from '../messages/index.ts'

/** What every task, of whatever kind, is told about itself. */
export function taskVariables(task: TaskInfo): Record<string, string> {
  return { MESOSTATE_TASK_ID: task.taskId, MESOSTATE_AGENT_ID: task.agentId }
}

/** `process.env` costs a call of the system per variable: one copy serves all starts of a turn. */
export class InheritedEnvironment {
  #copy: Readonly<NodeJS.ProcessEnv> | undefined

  now(): Readonly<NodeJS.ProcessEnv> {
    if (this.#copy === undefined) {
      this.#copy = copyOfEnvironment()
      queueMicrotask(() => {
        this.#copy = undefined
      })
    }
    return this.#copy
  }
}

/** Half of what a spread costs, which also asks for the attributes of each variable. */
function copyOfEnvironment(): NodeJS.ProcessEnv {
  const { env } = process
  const copy: NodeJS.ProcessEnv = {}
  for (const name of Object.getOwnPropertyNames(env)) copy[name] = env[name]
  return copy
}
