import { Refusal } from '../server/answers.ts'
import {
  integerAt,
  type Json,
  objectAt,
  optionalDuration,
  optionalInteger,
  textAt,
  withoutEmpty,
} from '../wire/json.ts'
import { writeOperation } from '../wire/operations.ts'
import { noSuchFile } from './files.ts'
import { writeSchedule, writeStatus } from './maintenance-json.ts'
import { metricsOf } from './metrics.ts'
import { type Picture, takePicture } from './picture.ts'
import { masterInfo, type OperatorPorts } from './ports.ts'
import { writeQuotas, writeWeights } from './quota-json.ts'
import { isVisible } from './resource-json.ts'
import { v1Roles } from './roles-view.ts'
import { getAgents } from './v1-agents.ts'
import { getExecutors, getFrameworks } from './v1-frameworks.ts'
import { getState, getTasks } from './v1-state.ts'
import type { Viewer } from './viewer.ts'

/** A question, and whoever asks it. */
export interface Asked {
  readonly ports: OperatorPorts
  readonly viewer: Viewer
  readonly call: Json
}

/** Makes the body of an answer, as a whole or in pieces. */
export type Query = (asked: Asked) => Json | Generator<string>

/** What operators may ask, by Mesos' type of the call; the answer has the same type. */
export const queries: Readonly<Record<string, Query>> = {
  UNKNOWN: () => {
    throw new Refusal(501, 'UNKNOWN is no call; say in type what is asked.')
  },
  GET_HEALTH: () => ({ healthy: true }),
  GET_VERSION: ({ ports }) => ({ version_info: { version: ports.facts.version } }),
  GET_MASTER: ({ ports: { facts } }) => ({
    master_info: masterInfo(facts),
    start_time: facts.startedAtMs / 1_000,
    elected_time: facts.startedAtMs / 1_000,
  }),
  GET_FLAGS: ({ ports, viewer }) => {
    if (!viewer.seesFlags()) throw new Refusal(403, 'You may not see the flags.')
    return { flags: Object.entries(ports.facts.flags).map(([name, value]) => ({ name, value })) }
  },
  GET_LOGGING_LEVEL: () => ({ level: 0 }),
  SET_LOGGING_LEVEL: () => {
    throw new Refusal(501, 'There are no logging levels here.')
  },
  GET_METRICS: ({ ports, call }) => {
    // All metrics are at hand: nothing needs the time that is given.
    optionalDuration(objectAt(call.get_metrics, 'get_metrics').timeout, 'get_metrics.timeout')
    return { metrics: Object.entries(metricsOf(ports)).map(([name, value]) => ({ name, value })) }
  },
  LIST_FILES: ({ call }) => {
    textAt(objectAt(call.list_files, 'list_files').path, 'list_files.path')
    throw noSuchFile()
  },
  READ_FILE: ({ call }) => {
    const { path, offset, length } = objectAt(call.read_file, 'read_file')
    textAt(path, 'read_file.path')
    integerAt(offset, 'read_file.offset')
    optionalInteger(length, 'read_file.length')
    throw noSuchFile()
  },
  GET_STATE: (asked) => getState(pictureFor(asked), asked.viewer, asked.ports.facts.version),
  GET_AGENTS: (asked) => getAgents(pictureFor(asked), asked.viewer, asked.ports.facts.version),
  GET_FRAMEWORKS: (asked) => getFrameworks(pictureFor(asked)),
  GET_EXECUTORS: (asked) => getExecutors(pictureFor(asked)),
  GET_TASKS: (asked) => getTasks(pictureFor(asked)),
  GET_OPERATIONS: ({ ports, viewer }) => v1Operations(ports, viewer),
  GET_ROLES: ({ ports, viewer }) => v1Roles(ports.ledger(), viewer),
  GET_WEIGHTS: ({ ports, viewer }) =>
    withoutEmpty({ weight_infos: writeWeights(ports.ledger(), viewer) }),
  GET_QUOTA: ({ ports, viewer }) => ({ status: writeQuotas(ports.ledger(), viewer) }),
  GET_MAINTENANCE_STATUS: ({ ports, viewer }) => ({ status: writeStatus(ports.ledger(), viewer) }),
  GET_MAINTENANCE_SCHEDULE: ({ ports, viewer }) => ({
    schedule: writeSchedule(ports.ledger(), viewer),
  }),
}

function pictureFor({ ports, viewer }: Asked): Picture {
  return takePicture(ports.ledger(), ports.history, viewer)
}

/** Operations that are on their way to agents; what is over is not remembered. */
function v1Operations({ ledger }: OperatorPorts, viewer: Viewer): Json {
  const { agents, frameworks } = ledger()
  const operations = [...agents.values()].flatMap((agent) =>
    [...agent.operations.values()].flatMap(({ frameworkId, operation }) => {
      const framework = frameworks.get(frameworkId)
      if (framework !== undefined && !viewer.seesFramework(framework.info)) return []
      const amounts = 'resources' in operation ? operation.resources : operation.volumes
      if (!Object.keys(amounts).every((key) => isVisible(key, viewer.seesRole))) return []
      const pending = { state: 'OPERATION_PENDING' }
      return [
        {
          ...(frameworkId !== '' && { framework_id: { value: frameworkId } }),
          agent_id: { value: agent.id },
          info: writeOperation(operation, { refined: true }, frameworkId),
          latest_status: pending,
          statuses: [pending],
        },
      ]
    }),
  )
  return withoutEmpty({ operations })
}
