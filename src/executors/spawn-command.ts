import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import type { CommandInfo } from '../messages/index.ts'
import { codeOf, messageOf } from './sentences.ts'
import type { ProcessUser } from './users.ts'

const onWindows = process.platform === 'win32'

/**
 * Starts a command as the leader of its own session, so that its group can be signalled as one.
 * What prevents the start is returned or comes as the `error` event of the child; never thrown.
 */
export function spawnCommand(
  command: CommandInfo,
  directory: string,
  environment: NodeJS.ProcessEnv,
  stdio: StdioOptions,
  user?: ProcessUser,
): ChildProcess | Error {
  const options = { cwd: directory, env: environment, stdio, detached: !onWindows, ...user }
  try {
    if (onWindows && command.shell !== false) {
      return spawn(command.value, { ...options, shell: true })
    }
    const program = programOf(command)
    return spawn(program.file, program.arguments, options)
  } catch (error) {
    return error instanceof Error ? error : new Error(messageOf(error))
  }
}

/** What is executed for a command, where the shell is not the one of Windows. */
export function programOf({ value, shell, arguments: list = [] }: CommandInfo): {
  readonly file: string
  readonly arguments: readonly string[]
} {
  return shell === false
    ? { file: value, arguments: list }
    : { file: '/bin/sh', arguments: ['-c', value] }
}

/** A sentence for the person whose command did not start. */
export function whyNotLaunched(command: CommandInfo, directory: string, error: unknown): string {
  // The system says ENOENT for a missing folder too, and people then look for the program in vain.
  const wrongFolder = problemWithFolder(directory)
  if (wrongFolder !== undefined) return wrongFolder
  const name = `command \`${command.shell === false ? command.value : '/bin/sh'}\``
  switch (codeOf(error)) {
    case 'ENOENT':
      return `${name} was not found: ${adviceFor(command)}`
    case 'EACCES':
      return `${name} may not be executed: check that it is a program and its permissions`
    case 'E2BIG':
      return `${name} has more arguments and variables than the system takes`
    case 'EAGAIN':
    case 'EMFILE':
    case 'ENFILE':
      return `${name} could not start, too many processes or open files: ${messageOf(error)}`
    default:
      return `${name} could not start: ${messageOf(error)}`
  }
}

function adviceFor(command: CommandInfo): string {
  if (command.shell === false && /\s/.test(command.value)) {
    return 'without a shell the value is the program alone; put the rest into arguments'
  }
  return 'give a name that is in PATH, or the full path'
}

function problemWithFolder(directory: string): string | undefined {
  try {
    if (statSync(directory).isDirectory()) return undefined
    return `the working directory ${directory} is not a directory`
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return `the working directory ${directory} does not exist`
    return `the working directory ${directory} cannot be used: ${messageOf(error)}`
  }
}

/** Signals a child that leads its group, and all of the group; false when none was there. */
export function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  if (child.pid === undefined) return false
  if (onWindows) return child.kill(signal)
  return sendSignal(-child.pid, signal)
}

/** Signals a process, or with a negative id a group; false when it is gone or not ours to end. */
export function sendSignal(processId: number, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  try {
    return process.kill(processId, signal)
  } catch {
    return false
  }
}
