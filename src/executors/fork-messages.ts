import { constants } from 'node:os'
import { resolve } from 'node:path'
import type { ProcessExit, ProcessOrder } from './processes.ts'
import { programOf } from './spawn-command.ts'

/** What an agent and its fork server say to each other; `fork-server.pl` speaks the same. */

/** What became of the order with this id. */
export type ForkNews =
  | { readonly id: number; readonly type: 'began'; readonly pid: number }
  | { readonly id: number; readonly type: 'refused'; readonly code: string }
  | { readonly id: number; readonly type: 'ended'; readonly exit: ProcessExit }

const signalNames: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
)

/** The line that it says when it can take orders. */
export const readyLine = 'ready'

/**
 * An order with its length in front, its parts divided by zero bytes; nothing for a command that
 * has such bytes, or an empty name. Why these are no commands is better said by `spawn`.
 */
export function forkOrder(id: number, order: ProcessOrder): Buffer | undefined {
  const program = programOf(order.command)
  const parts = [
    String(id),
    resolve(order.directory),
    order.sandbox,
    order.user === undefined ? '' : `${order.user.uid} ${order.user.gid}`,
    program.file,
    String(program.arguments.length),
    ...program.arguments,
  ]
  for (const [name, value] of Object.entries(order.environment)) {
    if (value !== undefined) parts.push(`${name}=${value}`)
  }
  if (program.file === '' || parts.some((part) => part.includes('\0'))) return undefined
  const text = parts.join('\0')
  const size = Buffer.byteLength(text)
  const message = Buffer.allocUnsafe(4 + size)
  message.writeUInt32BE(size)
  message.write(text, 4)
  return message
}

/** A line that it says after it was ready. */
export function forkNews(line: string): ForkNews {
  const [type, name, first = '', second = ''] = line.split(' ')
  const id = Number(name)
  if (type === 'began') return { id, type, pid: Number(first) }
  if (type === 'refused') return { id, type, code: first }
  const signal = signalNames.get(Number(first))
  return { id, type: 'ended', exit: signal ? { signal } : { exitCode: Number(second) } }
}
