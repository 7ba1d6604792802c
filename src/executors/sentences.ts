import type { CommandInfo } from '../messages/index.ts'

/** What a thrown thing says to a person. Anything can be thrown, so anything has an answer. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message === '' ? error.name : error.message
  try {
    return String(error)
  } catch {
    return 'something that has no text was thrown'
  }
}

/** The system's short name of an error (`ENOENT`), when it has one. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Why a file cannot be read, in words where the system has only a code. */
export function whyUnread(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'there is no such file'
    case 'EISDIR':
      return 'it is a folder'
    case 'EACCES':
      return 'this user may not read it'
    default:
      return messageOf(error)
  }
}

/** Why a command that ran did not succeed. */
export function sentenceOfExit(
  command: CommandInfo,
  exitCode: number | undefined,
  signal: string | undefined,
): string {
  if (signal !== undefined) return `ended by signal ${signal}`
  const sentence = `exited with code ${exitCode}`
  if (command.shell === false) return sentence
  if (exitCode === 127) return `${sentence}: the shell did not find the command`
  if (exitCode === 126) return `${sentence}: the shell found the command but may not execute it`
  return sentence
}
