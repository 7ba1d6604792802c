import type { CallTask } from '../actors/calls.ts'
import type { RunOwner, Surroundings } from '../actors/ports.ts'
import { pidOf, placeOf, type Resources, type TaskInfo } from '../messages/index.ts'
import { allocationRole } from '../model/resources/allocation-role.ts'
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

/**
 * The same of a command in Mesos' words, which those ask for that were written for it. Mesos starts
 * an executor for each command, from which that has all but its role (src/launcher/executor.cpp).
 */
export function mesosVariables(
  { frameworkId, executorId, survives = false, surroundings }: RunOwner,
  { taskId, agentId, resources }: TaskInfo,
  sandbox: string,
): Record<string, string> {
  return {
    MESOS_FRAMEWORK_ID: frameworkId,
    MESOS_EXECUTOR_ID: executorId,
    MESOS_TASK_ID: taskId,
    MESOS_SANDBOX: sandbox,
    MESOS_DIRECTORY: sandbox,
    ...agentVariables(agentId, survives),
    ...(surroundings && aroundVariables(surroundings, resources)),
  }
}

/** What every process that Mesos starts is told about its agent. */
export function agentVariables(agentId: string, checkpoint: boolean): Record<string, string> {
  return {
    MESOS_SLAVE_ID: agentId,
    MESOS_CHECKPOINT: checkpoint ? '1' : '0',
    // Which protocol Mesos' own executor of commands is to speak, by its default.
    MESOS_HTTP_COMMAND_EXECUTOR: '0',
    // Whoever links Mesos' library and listens takes a port that is free, not that of its agent.
    LIBPROCESS_PORT: '0',
  }
}

function aroundVariables({ endpoint, roles, shutdownGraceMs }: Surroundings, resources: Resources) {
  const role = allocationRole(roles, resources)
  return {
    MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: durationOf(shutdownGraceMs),
    ...(endpoint !== undefined && {
      MESOS_AGENT_ENDPOINT: placeOf(endpoint),
      MESOS_SLAVE_PID: pidOf(endpoint),
    }),
    ...(role !== undefined && { MESOS_ALLOCATION_ROLE: role }),
  }
}

/** As Mesos writes a duration: in the largest unit that makes it a whole number. */
export function durationOf(ms: number): string {
  const [size, unit] = units.find(([length]) => ms >= length && ms % length === 0) ?? [1, 'ms']
  return `${ms / size}${unit}`
}

const units = [
  [3_600_000, 'hrs'],
  [60_000, 'mins'],
  [1_000, 'secs'],
] as const

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
