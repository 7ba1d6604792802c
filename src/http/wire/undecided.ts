import type { Resources } from '../../messages/index.ts'
import { nameOf } from '../../model/resources/kinds.ts'
import {
  isAbsent,
  type Json,
  numberAt,
  objectAt,
  optionalEnum,
  optionalNumber,
  optionalText,
  WireProblem,
} from './json.ts'

/** What is checked of the parts of a task that are only carried: nobody after us looks at them. */

const checkParts = [
  ['COMMAND', 'command'],
  ['HTTP', 'http'],
  ['TCP', 'tcp'],
] as const
const checkTypes = checkParts.map(([type]) => type)

/** A check says what it is and has the part of that name. */
export function verifyCheck(value: unknown, path: string): void {
  const json = objectAt(value, path)
  const type = optionalEnum(json.type, checkTypes, `${path}.type`)
  const [, part] = checkParts.find(([known]) => known === type) ?? []
  if (part === undefined) {
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
}

function verifyCommand(value: unknown, path: string): void {
  const { value: command } = objectAt(value, path)
  if (isAbsent(command)) throw new WireProblem(`${path} has no value`)
}

function verifyPath(value: unknown, path: string): void {
  const text = optionalText(value, path) ?? '/'
  if (!text.startsWith('/')) throw new WireProblem(`${path} must begin with a slash`)
}

/** Limits are of cpus and memory, and no less than what is asked for. */
export function verifyLimits(value: unknown, resources: Resources, path: string): void {
  const limits: Json = objectAt(value, path)
  for (const name of Object.keys(limits)) {
    const limit = numberAt(objectAt(limits[name], `${path}.${name}`).value, `${path}.${name}.value`)
    if (name !== 'cpus' && name !== 'mem') {
      throw new WireProblem(`${path} has ${name}; only cpus and mem can be limited`)
    }
    const asked = sumOf(resources, name)
    if (asked === 0) throw new WireProblem(`${path}: the task asks for no ${name}`)
    if (limit < asked) {
      throw new WireProblem(`${path}: ${name} is ${limit}, less than the ${asked} asked for`)
    }
  }
}

/** All of that name, reserved or not. */
function sumOf(resources: Resources, name: string): number {
  let sum = 0
  for (const key in resources) {
    const amount = resources[key]
    if (typeof amount === 'number' && nameOf(key) === name) sum += amount
  }
  return sum
}
