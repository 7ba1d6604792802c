import type { Check, HealthCheck } from '../../messages/index.ts'
import { readCommandInfo, writeCommandInfo } from './command-info.ts'
import {
  integerAt,
  isAbsent,
  type Json,
  objectAt,
  optionalEnum,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalText,
  toMilliseconds,
  WireProblem,
} from './json.ts'

const msPerSecond = 1000
const types = ['COMMAND', 'HTTP', 'TCP'] as const

/** The fields in seconds that a check has, too, and ours in milliseconds. */
const times = [
  ['delay_seconds', 'delayMs'],
  ['interval_seconds', 'intervalMs'],
  ['timeout_seconds', 'timeoutMs'],
] as const

export function readTimes(json: Json, check: HealthCheck | Check, path: string): void {
  for (const [field, name] of times) {
    const seconds = optionalNumber(json[field], `${path}.${field}`)
    if (seconds !== undefined) check[name] = toMilliseconds(seconds)
  }
}

export function writeTimes(check: HealthCheck | Check): Record<string, unknown> {
  const json: Record<string, unknown> = {}
  for (const [field, name] of times) {
    const milliseconds = check[name]
    if (milliseconds !== undefined) json[field] = milliseconds / msPerSecond
  }
  return json
}

/** Reads a HealthCheck; its type follows from its command or http part when it is missing. */
export function readHealthCheck(value: unknown, path: string): HealthCheck {
  const json = objectAt(value, path)
  const check: HealthCheck = { type: typeOf(json, path) }
  readTimes(json, check, path)
  const grace = optionalNumber(json.grace_period_seconds, `${path}.grace_period_seconds`)
  if (grace !== undefined) check.gracePeriodMs = toMilliseconds(grace)
  const failures = optionalInteger(json.consecutive_failures, `${path}.consecutive_failures`)
  // A negative one is a large one where numbers have 32 bits and no sign.
  if (failures !== undefined) check.consecutiveFailures = failures >>> 0
  if (!isAbsent(json.command)) check.command = readCommandInfo(json.command, `${path}.command`)
  const http = optionalObject(json.http, `${path}.http`)
  if (http !== undefined) check.http = readHttp(http, `${path}.http`)
  const tcp = optionalObject(json.tcp, `${path}.tcp`)
  if (tcp !== undefined) check.tcp = { port: integerAt(tcp.port, `${path}.tcp.port`) }
  return check
}

function typeOf(json: Json, path: string): HealthCheck['type'] {
  const type = optionalEnum(json.type, types, `${path}.type`)
  if (type !== undefined) return type
  if (!isAbsent(json.command)) return 'COMMAND'
  if (!isAbsent(json.http)) return 'HTTP'
  throw new WireProblem(`${path} has no type; it can be ${types.join(', ')}`)
}

export function readHttp(json: Json, path: string): NonNullable<HealthCheck['http']> {
  const scheme = optionalText(json.scheme, `${path}.scheme`)
  const route = optionalText(json.path, `${path}.path`)
  return {
    port: integerAt(json.port, `${path}.port`),
    ...(scheme !== undefined && { scheme }),
    ...(route !== undefined && { path: route }),
  }
}

/** Writes a HealthCheck; hosts have no field in Mesos, whose checks are all of the agent's. */
export function writeHealthCheck(check: HealthCheck): Json {
  const { type, gracePeriodMs, consecutiveFailures, command, http, tcp } = check
  const json: Record<string, unknown> = { type, ...writeTimes(check) }
  if (gracePeriodMs !== undefined) json.grace_period_seconds = gracePeriodMs / msPerSecond
  if (consecutiveFailures !== undefined) json.consecutive_failures = consecutiveFailures
  if (command !== undefined) json.command = writeCommandInfo(command)
  if (http !== undefined) {
    const { port, scheme, path } = http
    json.http = {
      port,
      ...(scheme !== undefined && { scheme }),
      ...(path !== undefined && { path }),
    }
  }
  if (tcp !== undefined) json.tcp = { port: tcp.port }
  return json
}
