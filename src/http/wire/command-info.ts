import type { CommandInfo } from '../../messages/index.ts'
import { carry, type Undecided } from './carried.ts'
import {
  isAbsent,
  type Json,
  keyAt,
  listAt,
  objectAt,
  optionalBoolean,
  optionalEnum,
  optionalText,
  textAt,
  textsAt,
  WireProblem,
} from './json.ts'

const undecided: Undecided = { uris: 'list', user: 'text' }

/**
 * Reads a CommandInfo. In Mesos the first argument is the name that the program hears itself
 * called by; here arguments follow the program. A list that ours cannot say is carried along.
 */
export function readCommandInfo(value: unknown, path: string): CommandInfo {
  const json = objectAt(value, path)
  const command: CommandInfo = { value: optionalText(json.value, `${path}.value`) ?? '' }
  const shell = optionalBoolean(json.shell, `${path}.shell`)
  if (shell !== undefined) command.shell = shell
  let carried = carry(json, undecided, path)
  const list = isAbsent(json.arguments) ? [] : textsAt(json.arguments, `${path}.arguments`)
  if (list.length > 0) {
    if (shell === false && list.length > 1) command.arguments = list.slice(1)
    const isPlain = shell === false && list[0] === command.value && list.length > 1
    if (!isPlain) carried = { ...carried, arguments: list }
  }
  if (!isAbsent(json.environment)) {
    const environment = readEnvironment(json.environment, `${path}.environment`)
    if (environment !== undefined) command.environment = environment
  }
  if (carried !== undefined) command.carried = carried
  listAt(carried?.uris, `${path}.uris`).forEach(verifyUri)
  return command
}

/** Files are fetched into the sandbox, and to no place outside (Mesos: validateCommandInfo). */
function verifyUri(value: unknown, index: number): void {
  const at = `uris[${index}]`
  const uri = objectAt(value, at)
  textAt(uri.value, `${at}.value`)
  const name = optionalText(uri.output_file, `${at}.output_file`) ?? ''
  if (!name.startsWith('/') && !name.split('/').includes('..')) return
  throw new WireProblem(`${at}.output_file is ${name}, which is not in the sandbox`)
}

/** Reads `{variables: [{name, value}]}`; of two with one name the last counts. */
function readEnvironment(value: unknown, path: string): Record<string, string> | undefined {
  const list = listAt(objectAt(value, path).variables, `${path}.variables`)
  if (list.length === 0) return undefined
  const environment: Record<string, string> = {}
  for (let index = 0; index < list.length; index++) {
    const at = `${path}.variables[${index}]`
    const json = objectAt(list[index], at)
    const name = keyAt(json.name, `${at}.name`)
    const type = optionalEnum(json.type, ['VALUE', 'SECRET', 'UNKNOWN'], `${at}.type`)
    if (type === 'SECRET' || !isAbsent(json.secret)) {
      throw new WireProblem(`${at}: secrets are not supported here; give a value`)
    }
    const text = optionalText(json.value, `${at}.value`)
    if (text === undefined) throw new WireProblem(`${at}: the variable ${name} has no value`)
    environment[name] = text
  }
  return environment
}

/** Writes a CommandInfo; the working directory has no field in Mesos. */
export function writeCommandInfo(command: CommandInfo): Json {
  const json: Record<string, unknown> = {}
  if (command.shell !== undefined) json.shell = command.shell
  if (command.value !== '') json.value = command.value
  if (command.arguments !== undefined) json.arguments = [command.value, ...command.arguments]
  if (command.environment !== undefined) json.environment = writeEnvironment(command.environment)
  return command.carried === undefined ? json : Object.assign(json, command.carried)
}

function writeEnvironment(environment: Readonly<Record<string, string>>): Json {
  const variables: Json[] = []
  for (const name in environment) variables.push({ name, value: environment[name] })
  return { variables }
}
