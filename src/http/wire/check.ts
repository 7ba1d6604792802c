import type { Check } from '../../messages/index.ts'
import { readCommandInfo, writeCommandInfo } from './command-info.ts'
import { readHttp, readTimes, writeTimes } from './health-check.ts'
import {
  integerAt,
  isAbsent,
  type Json,
  objectAt,
  optionalEnum,
  optionalNumber,
  optionalText,
  WireProblem,
} from './json.ts'

const checkParts = [
  ['COMMAND', 'command'],
  ['HTTP', 'http'],
  ['TCP', 'tcp'],
] as const
const checkTypes = checkParts.map(([type]) => type)

/** Reads a CheckInfo; throws WireProblem for one that Mesos would not make. */
export function readCheck(value: unknown, path: string): Check {
  const json = objectAt(value, path)
  const check: Check = { type: verifiedType(json, path) }
  readTimes(json, check, path)
  if (check.type === 'COMMAND') {
    const { command } = objectAt(json.command, `${path}.command`)
    check.command = readCommandInfo(command, `${path}.command.command`)
  } else if (check.type === 'HTTP') {
    const { port, path: route } = readHttp(objectAt(json.http, `${path}.http`), `${path}.http`)
    check.http = { port, ...(route !== undefined && { path: route }) }
  } else {
    const tcp = objectAt(json.tcp, `${path}.tcp`)
    check.tcp = { port: integerAt(tcp.port, `${path}.tcp.port`) }
  }
  return check
}

export function writeCheck(check: Check): Json {
  const { type, command, http, tcp } = check
  return {
    type,
    ...writeTimes(check),
    ...(command !== undefined && { command: { command: writeCommandInfo(command) } }),
    ...(http !== undefined && { http }),
    ...(tcp !== undefined && { tcp }),
  }
}

/** A check says what it is and has the part of that name; the type that it is of. */
function verifiedType(json: Json, path: string): Check['type'] {
  const type = optionalEnum(json.type, checkTypes, `${path}.type`)
  const [, part] = checkParts.find(([known]) => known === type) ?? []
  if (type === undefined || part === undefined) {
    throw new WireProblem(`${path} has no type; it can be ${checkTypes.join(', ')}`)
  }
  if (isAbsent(json[part])) {
    throw new WireProblem(`${path} is of the type ${type} but has no ${part}`)
  }
  const own = objectAt(json[part], `${path}.${part}`)
  if (part === 'command') verifyCommand(own.command, `${path}.command.command`)
  if (part === 'http') verifyPath(own.path, `${path}.http.path`)
  for (const name of ['delay_seconds', 'interval_seconds', 'timeout_seconds']) {
    if ((optionalNumber(json[name], `${path}.${name}`) ?? 0) >= 0) continue
    throw new WireProblem(`${path}.${name} is negative`)
  }
  return type
}

function verifyCommand(value: unknown, path: string): void {
  const { value: command } = objectAt(value, path)
  if (isAbsent(command)) throw new WireProblem(`${path} has no value`)
}

function verifyPath(value: unknown, path: string): void {
  const text = optionalText(value, path) ?? '/'
  if (!text.startsWith('/')) throw new WireProblem(`${path} must begin with a slash`)
}
