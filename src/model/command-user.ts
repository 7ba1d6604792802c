import type { CommandInfo } from '../messages/index.ts'

/** The user that a command asks for, as it says in Mesos' words. */
export function userOf(command: CommandInfo | undefined): string | undefined {
  const user = command?.carried?.user
  return typeof user === 'string' ? user : undefined
}
