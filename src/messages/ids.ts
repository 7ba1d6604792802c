/** Where a mailbox is reached: `master`, `agent/1`, `scheduler/reports`, `executor/1/F/E`. */
export type Address = string

/** The address of the one master of a cluster. */
export const MASTER: Address = 'master'

/** The address of whoever runs the cluster. Nobody answers to it. */
export const OPERATOR: Address = 'operator'

/** Longest id a person may choose, as in Mesos (NAME_MAX). */
const idLengthMax = 255

/**
 * Pattern for ids of tasks, executors, agents and frameworks. Mesos refuses control characters,
 * both slashes, `.` and `..` (src/common/validation.cpp), because ids become names of folders.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
export const idPattern = /^(?!\.{1,2}$)[^\u0000-\u001f\u007f/\\]{1,255}$/

/** Says in a sentence what is wrong with an id, or nothing when it is legal. */
export function problemWithId(what: string, id: string): string | undefined {
  if (typeof id !== 'string') return `${what} is ${String(id)}; give a text`
  if (id === '') return `${what} is empty; give it at least one character`
  if (id.length > idLengthMax) {
    return `${what} has ${id.length} characters; at most ${idLengthMax} are allowed`
  }
  if (!idPattern.test(id)) {
    return `${what} ${JSON.stringify(id)} is not legal: no slash, backslash or control character, and not "." or ".."`
  }
  return undefined
}
