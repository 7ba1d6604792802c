import { type Command, CommanderError, type Option } from 'commander'
import { truthOf } from '../options.ts'
import { UsageError } from '../usage.ts'
import { type FileValue, readConfig } from './config-file.ts'

/** What a flag is told by its variable or in a file, before it is parsed. */
type Told = FileValue

/** Where a value was found, for people: `MESOSTATE_PORT`, or `cluster.yaml:3:7: port`. */
interface Source {
  readonly name: 'env' | 'config'
  readonly place: string
}

/**
 * Lets every flag of a command also be given by a variable (`--offer-timeout` is
 * `MESOSTATE_OFFER_TIMEOUT`) and by a file (`--config`, whose keys are the names of the flags).
 * What is nearer to the person counts: the command line, then variables, then the file. Call it
 * last, when the command has all its options; those in `required` must be given in one of the ways.
 */
export function withSettings(command: Command, required: readonly string[] = []): Command {
  return command
    .option('--config <file>', 'a file with values of these flags, by name: YAML or JSON')
    .addHelpText(
      'after',
      '\nEach flag may also be given by a variable, such as MESOSTATE_CONFIG for --config, or in that file;' +
        '\nthe command line counts first, then variables, then the file.',
    )
    .hook('preAction', () => {
      takeVariables(command, process.env)
      const file: unknown = command.getOptionValue('config')
      if (typeof file === 'string') takeFile(command, file)
      checkRequired(command, required)
    })
}

/** The name of the variable of a flag. */
export function variableOf(flag: string): string {
  return `MESOSTATE_${flag.replaceAll('-', '_').toUpperCase()}`
}

function takeVariables(command: Command, environment: NodeJS.ProcessEnv): void {
  for (const [flag, option] of settingsOf(command)) {
    const name = variableOf(flag)
    const text = environment[name]
    // An empty variable is how shells say that there is none.
    if (text === undefined || text === '') continue
    take(command, option, [text], { name: 'env', place: name })
  }
}

function takeFile(command: Command, file: string): void {
  const options = settingsOf(command)
  options.delete('config')
  for (const { key, values, place } of readConfig(file, [...options.keys()])) {
    const option = options.get(key)
    if (option !== undefined) take(command, option, values, { name: 'config', place })
  }
}

/** Every flag by its name, those that commander has itself excepted. */
function settingsOf(command: Command): Map<string, Option> {
  const named = command.options.flatMap((option): [string, Option][] =>
    option.long === undefined || option.long === null ? [] : [[option.long.slice(2), option]],
  )
  return new Map(named.filter(([flag]) => flag !== 'help' && flag !== 'version'))
}

function take(command: Command, option: Option, told: readonly Told[], source: Source): void {
  const key = option.attributeName()
  const before = command.getOptionValueSource(key)
  if (before !== undefined && before !== 'default') return
  command.setOptionValueWithSource(key, parsed(option, told, source), source.name)
}

function parsed(option: Option, told: readonly Told[], { place }: Source): unknown {
  if (option.isBoolean() || option.negate) {
    const isOn = told.length === 1 ? truthOf(String(told[0])) : undefined
    if (isOn === undefined) throw new UsageError(`${place}: expected true or false`)
    return option.negate ? !isOn : isOn
  }
  const { parseArg } = option
  try {
    return told.map(String).reduce<unknown>((value, text) => {
      // The later of two values counts, unless the flag itself collects them.
      return parseArg === undefined ? text : parseArg(text, value)
    }, undefined)
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    throw new UsageError(`${place}: ${error.message}`)
  }
}

function checkRequired(command: Command, required: readonly string[]): void {
  for (const flag of required) {
    const option = settingsOf(command).get(flag)
    if (option === undefined || command.getOptionValue(option.attributeName()) !== undefined) {
      continue
    }
    throw new UsageError(
      `${command.name()} needs ${option.flags}: ${option.description} (or ${variableOf(flag)})`,
    )
  }
}
