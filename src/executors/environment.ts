import type { CallTask } from '../actors/calls.ts'
import type { RunOwner } from '../actors/ports.ts'
import type { Resources, TaskInfo } from '../messages/index.ts'
import { portsOf } from '../model/resources/ports.ts'

/** Systems limit the size of an environment; whoever has more ports knows them without it. */
const portVariablesMax = 1_000

/**
 * What every task, of whatever kind, is told about itself. Its ports are called as Marathon calls
 * them: PORT0, PORT1, …, and all of them PORTS, with commas. They win over variables of the same
 * name, because they must be true; PORT, the first of them, is for whoever did not set it.
 */
export function taskVariables(task: TaskInfo): Record<string, string> {
  return {
    MESOSTATE_TASK_ID: task.taskId,
    MESOSTATE_AGENT_ID: task.agentId,
    ...portVariables(portsOf(task.resources), task.command?.environment?.PORT),
  }
}

/** The same of a command in Mesos' words, which those ask for that were written for it. */
export function mesosVariables(
  { frameworkId, executorId }: RunOwner,
  { taskId }: TaskInfo,
  sandbox: string,
): Record<string, string> {
  return {
    MESOS_FRAMEWORK_ID: frameworkId,
    MESOS_EXECUTOR_ID: executorId,
    MESOS_TASK_ID: taskId,
    MESOS_SANDBOX: sandbox,
    MESOS_DIRECTORY: sandbox,
  }
}

function portVariables(ports: readonly number[], ownPort: string | undefined) {
  const variables: Record<string, string> = {}
  const told = ports.slice(0, portVariablesMax)
  for (const [index, port] of told.entries()) {
    variables[`PORT${index}`] = String(port)
    if (index === 0) variables.PORT = ownPort ?? String(port)
  }
  if (told.length > 0) variables.PORTS = told.join(',')
  return variables
}

/** What a function or module is told about the task that it does. */
export function callTaskOf({ taskId, agentId, resources }: TaskInfo): CallTask {
  return new TaskFacts(taskId, agentId, resources)
}

/** Most functions never ask for their ports: they are listed for those that do. */
class TaskFacts implements CallTask {
  readonly taskId: string
  readonly agentId: string
  readonly resources: Resources

  constructor(taskId: string, agentId: string, resources: Resources) {
    this.taskId = taskId
    this.agentId = agentId
    this.resources = resources
  }

  get ports(): readonly number[] {
    return portsOf(this.resources)
  }
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
