import type { CommandInfo } from '../../messages/index.ts'

/** Says why a time cannot be, or nothing. */
export function problemWithDuration(name: string, value: number | undefined): string | undefined {
  if (value === undefined || (Number.isFinite(value) && value >= 0)) return undefined
  return `${name} is ${value}; give zero or more milliseconds`
}

/** Says why a command cannot be run, or nothing. */
export function problemWithCommand(command: CommandInfo): string | undefined {
  if (command.value.trim() === '') return 'the command is empty'
  if (command.shell !== false && command.arguments !== undefined) {
    return 'a shell command has no arguments of its own; write them into the line or set shell: false'
  }
  // Other odd names are passed on as they are, as in Mesos: the system takes any text.
  const unnamed = Object.keys(command.environment ?? {}).find((name) => name.includes('\0'))
  if (unnamed !== undefined) return `the environment variable name "${unnamed}" is not legal`
  return undefined
}
