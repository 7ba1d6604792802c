import { drainConfig } from '../operator/v1-agents.ts'
import type { Viewer } from '../operator/viewer.ts'
import { Refusal } from '../server/answers.ts'
import { writeAgentInfo } from '../wire/agent-info.ts'
import { writeFrameworkInfo } from '../wire/framework-info.ts'
import {
  integerAt,
  type Json,
  objectAt,
  optionalInteger,
  textAt,
  withoutEmpty,
  writeDuration,
} from '../wire/json.ts'
import { v1Containers } from './containers.ts'
import { listPath, readPath } from './files.ts'
import { v1Executor, v1Task } from './json.ts'
import { agentMetrics } from './metrics.ts'
import { type ExecutorPicture, type FrameworkPicture, takePicture } from './picture.ts'
import type { AgentPorts } from './ports.ts'

/** A question, and whoever asks it. */
export interface Asked {
  readonly ports: AgentPorts
  readonly viewer: Viewer
  readonly principal: string | undefined
  readonly call: Json
}

type Query = (asked: Asked) => Json | Promise<Json>

/** What operators may ask, by Mesos' type of the call; the answer has the same type. */
export const queries: Readonly<Record<string, Query>> = {
  UNKNOWN: () => {
    throw new Refusal(501, 'UNKNOWN is no call; say in type what is asked.')
  },
  GET_HEALTH: () => ({ healthy: true }),
  GET_VERSION: ({ ports }) => ({ version_info: { version: ports.facts.version } }),
  GET_FLAGS: ({ ports, viewer }) => {
    if (!viewer.seesFlags()) throw new Refusal(403, 'You may not see the flags.')
    return { flags: Object.entries(ports.facts.flags).map(([name, value]) => ({ name, value })) }
  },
  GET_METRICS: ({ ports, call }) => {
    objectAt(call.get_metrics, 'get_metrics')
    const metrics = Object.entries(agentMetrics(ports))
    return { metrics: metrics.map(([name, value]) => ({ name, value })) }
  },
  GET_LOGGING_LEVEL: () => ({ level: 0 }),
  GET_STATE: (asked) => {
    const frameworks = pictureFor(asked)
    return {
      get_tasks: tasksIn(frameworks),
      get_executors: executorsIn(frameworks),
      get_frameworks: frameworksIn(frameworks),
    }
  },
  GET_TASKS: (asked) => tasksIn(pictureFor(asked)),
  GET_EXECUTORS: (asked) => executorsIn(pictureFor(asked)),
  GET_FRAMEWORKS: (asked) => frameworksIn(pictureFor(asked)),
  GET_AGENT: ({ ports }) => {
    const { id, info, drain } = ports.book()
    const { startedAtMs } = drain ?? {}
    return {
      // Before the master knows it, it has no id.
      agent_info: writeAgentInfo(info, id ?? ''),
      ...(drain && { drain_config: drainConfig(drain) }),
      ...(startedAtMs !== undefined && { estimated_drain_start_time: writeDuration(startedAtMs) }),
    }
  },
  GET_CONTAINERS: async ({ ports, viewer }) => {
    const containers = await v1Containers(ports, viewer)
    return withoutEmpty({ containers })
  },
  GET_OPERATIONS: () => ({}),
  GET_RESOURCE_PROVIDERS: () => ({}),
  LIST_FILES: async ({ ports, principal, call }) => {
    const path = textAt(objectAt(call.list_files, 'list_files').path, 'list_files.path')
    return withoutEmpty({ file_infos: await listPath({ ports, principal }, path) })
  },
  READ_FILE: async ({ ports, principal, call }) => {
    const json = objectAt(call.read_file, 'read_file')
    const path = textAt(json.path, 'read_file.path')
    const offset = integerAt(json.offset, 'read_file.offset')
    const length = optionalInteger(json.length, 'read_file.length')
    const { size, data } = await readPath({ ports, principal }, path, offset, length)
    return { size, data: data.toString('base64') }
  },
}

function pictureFor({ ports, viewer }: Asked): FrameworkPicture[] {
  return takePicture(ports, viewer)
}

function tasksIn(frameworks: readonly FrameworkPicture[]): Json {
  const executors = frameworks.flatMap((one) => [...one.executors, ...one.completedExecutors])
  const tasks = (of: 'queued' | 'launched' | 'terminated' | 'completed'): Json[] =>
    executors.flatMap((executor) => executor[of].map(v1Task))
  return {
    // Those that wait for permission to be begun: here none ever does.
    pending_tasks: [],
    queued_tasks: tasks('queued'),
    launched_tasks: tasks('launched'),
    terminated_tasks: tasks('terminated'),
    completed_tasks: tasks('completed'),
  }
}

function executorsIn(frameworks: readonly FrameworkPicture[]): Json {
  const list = (executors: readonly ExecutorPicture[]): Json[] => executors.map(v1Executor)
  return {
    executors: list(frameworks.flatMap(({ executors }) => executors)),
    completed_executors: list(frameworks.flatMap((one) => one.completedExecutors)),
  }
}

function frameworksIn(frameworks: readonly FrameworkPicture[]): Json {
  const list = (isOver: boolean): Json[] =>
    frameworks
      .filter((one) => one.isOver === isOver)
      .map(({ id, info }) => ({ framework_info: writeFrameworkInfo(info, id) }))
  return { frameworks: list(false), completed_frameworks: list(true) }
}
