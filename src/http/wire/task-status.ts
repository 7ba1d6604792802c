import { reasons, sources, type TaskStatus, taskStates } from '../../messages/index.ts'
import { carry, type Undecided } from './carried.ts'
import { readCheckStatus, writeCheckStatus } from './check-status.ts'
import {
  enumAt,
  idAt,
  isAbsent,
  type Json,
  numberAt,
  objectAt,
  optionalBoolean,
  optionalDuration,
  optionalEnum,
  optionalId,
  optionalText,
  toMilliseconds,
  writeDuration,
} from './json.ts'
import { uuidFromWire, uuidToWire } from './uuid.ts'

type Reason = (typeof reasons)[number]
type Source = (typeof sources)[number]

const msPerSecond = 1000

const reasonOf: ReadonlyMap<string, Reason> = new Map(
  reasons.map((reason) => [`REASON_${reason}`, reason]),
)
/** Reasons of Mesos for which nothing here ever happens: they only pass through. */
const foreignReasons: ReadonlySet<string> = new Set([
  'REASON_COMMAND_EXECUTOR_FAILED',
  'REASON_CONTAINER_LIMITATION',
  'REASON_CONTAINER_LIMITATION_DISK',
  'REASON_CONTAINER_LIMITATION_MEMORY',
  'REASON_CONTAINER_UPDATE_FAILED',
  'REASON_EXECUTOR_UNREGISTERED',
  'REASON_GC_ERROR',
  'REASON_INVALID_FRAMEWORKID',
  'REASON_IO_SWITCHBOARD_EXITED',
  'REASON_AGENT_UNKNOWN',
  'REASON_TASK_UNKNOWN',
])
const wireSources = sources.map((source) => `SOURCE_${source}` as const)
const wireSource: Readonly<Record<Source, string>> = {
  MASTER: 'SOURCE_MASTER',
  AGENT: 'SOURCE_AGENT',
  EXECUTOR: 'SOURCE_EXECUTOR',
}

const undecided: Undecided = {
  data: 'bytes',
  labels: 'object',
  container_status: 'object',
  limitation: 'object',
}

/** Nothing for a number that is no time, such as Infinity: it could not be passed on. */
function timeAt(value: unknown, path: string): number | undefined {
  if (isAbsent(value)) return undefined
  const timeMs = toMilliseconds(numberAt(value, path))
  return Number.isFinite(timeMs) ? timeMs : undefined
}

/**
 * Reads a TaskStatus. One without a timestamp, which executors need not give, gets the one given;
 * one without a source is the master's, because that is Mesos' default.
 */
export function readTaskStatus(value: unknown, path: string, timestampMs = 0): TaskStatus {
  const json = objectAt(value, path)
  const status: TaskStatus = {
    taskId: idAt(json.task_id, `${path}.task_id`),
    state: enumAt(json.state, taskStates, `${path}.state`),
    timestampMs: timeAt(json.timestamp, `${path}.timestamp`) ?? timestampMs,
    source: sourceAt(json.source, `${path}.source`),
  }
  const message = optionalText(json.message, `${path}.message`)
  if (message !== undefined) status.message = message
  const agentId = optionalId(json.agent_id, `${path}.agent_id`)
  if (agentId !== undefined) status.agentId = agentId
  const executorId = optionalId(json.executor_id, `${path}.executor_id`)
  if (executorId !== undefined) status.executorId = executorId
  if (!isAbsent(json.uuid)) status.uuid = uuidFromWire(json.uuid, `${path}.uuid`)
  const healthy = optionalBoolean(json.healthy, `${path}.healthy`)
  if (healthy !== undefined) status.healthy = healthy
  if (!isAbsent(json.check_status)) {
    status.checkStatus = readCheckStatus(json.check_status, `${path}.check_status`)
  }
  const unreachable = optionalDuration(json.unreachable_time, `${path}.unreachable_time`)
  if (unreachable !== undefined) status.unreachableTimeMs = unreachable
  const carried = carry(json, undecided, path)
  if (carried !== undefined) status.carried = carried
  readReason(json.reason, status, path)
  return status
}

function sourceAt(value: unknown, path: string): Source {
  const source = optionalEnum(value, wireSources, path)
  return sources.find((known) => wireSource[known] === source) ?? 'MASTER'
}

function readReason(value: unknown, status: TaskStatus, path: string): void {
  const reason = optionalText(value, `${path}.reason`)
  if (reason === undefined) return
  const own = reasonOf.get(reason)
  if (own !== undefined) status.reason = own
  else if (foreignReasons.has(reason)) status.carried = { ...status.carried, reason }
}

/** Writes a TaskStatus. Exit codes, signals and sandboxes have no field in Mesos. */
export function writeTaskStatus(status: TaskStatus): Json {
  const json: Record<string, unknown> = {
    task_id: { value: status.taskId },
    state: status.state,
  }
  if (status.message !== undefined) json.message = status.message
  json.source = wireSource[status.source]
  if (status.reason !== undefined) json.reason = `REASON_${status.reason}`
  if (status.agentId !== undefined) json.agent_id = { value: status.agentId }
  if (status.executorId !== undefined) json.executor_id = { value: status.executorId }
  json.timestamp = status.timestampMs / msPerSecond
  if (status.uuid !== undefined) json.uuid = uuidToWire(status.uuid)
  if (status.healthy !== undefined) json.healthy = status.healthy
  if (status.checkStatus !== undefined) json.check_status = writeCheckStatus(status.checkStatus)
  if (status.unreachableTimeMs !== undefined) {
    json.unreachable_time = writeDuration(status.unreachableTimeMs)
  }
  return status.carried === undefined ? json : Object.assign(json, status.carried)
}
