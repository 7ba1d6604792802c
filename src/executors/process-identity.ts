import { readFileSync } from 'node:fs'
import { codeOf } from './sentences.ts'

/** A process that is never mistaken for another one that got its id later. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks between the start of the machine and that of the process. */
  readonly startTime: number
}

/** Another one after each start of the machine; ids and times of processes mean nothing across. */
export function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

/**
 * Nothing when no such process lives: one that ended and waits to be collected does not. Throws
 * when that cannot be found out, for example with too many open files.
 */
export function identityOf(pid: number): ProcessIdentity | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
  // The second field is a name in parentheses that may itself hold blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  if (state === 'Z' || state === 'X') return undefined
  return { pid, startTime: Number(fields[19]) }
}

/** Throws when that cannot be found out. */
export function lives({ pid, startTime }: ProcessIdentity): boolean {
  return identityOf(pid)?.startTime === startTime
}
