import { type Category, categoryOf, type Envelope, type Message } from '../../messages/index.ts'
import { detailOf, shortAddress, verbOf } from '../../simulation/message-text.ts'
import type { Style } from './style.ts'
import { spanText } from './times.ts'
import { oneLine, pad, widthOf, wrap } from './width.ts'

/** Below this width every column counts. */
const narrow = 100
const speakersWidth = 26
const speakersMin = 20

/** What all lines of one log share. */
export interface LogLook {
  readonly style: Style
  /** Longer lines go on below; Infinity for files and pipes. */
  readonly columns: number
}

/** Who said what to whom: one entry of a log. `elapsedMs` is the time since the start. */
export function messageLine({ from, to, message }: Envelope, elapsedMs: number, look: LogLook) {
  const category = categoryOf(message.type)
  const verb = verbOf(message)
  return logEntry(elapsedMs, look, {
    category,
    who: `${shortAddress(from)} → ${shortAddress(to)}`,
    what: messageText(message),
    paint: (line, place) =>
      place === 0 ? `${look.style.bold(verb)}${line.slice(verb.length)}` : line,
  })
}

/** What a message says, in one line: `launch T1 <1 cpu> on O3`. */
export function messageText(message: Message): string {
  return `${verbOf(message)} ${oneLine(detailOf(message))}`.trimEnd()
}

/** An entry in the columns of the log that is no message: what somebody thinks or does. */
export function remarkLine(who: string, what: string, elapsedMs: number, look: LogLook): string {
  return logEntry(elapsedMs, look, { who, what, paint: (line) => look.style.dim(line) })
}

interface Entry {
  readonly category?: Category
  readonly who: string
  readonly what: string
  readonly paint: (line: string, place: number) => string
}

function logEntry(elapsedMs: number, { style, columns }: LogLook, entry: Entry): string {
  const { category, who, what, paint } = entry
  const time = style.dim(pad(spanText(elapsedMs), 7, 'start'))
  const tag = category === undefined ? pad('', 10) : style.category(category, pad(category, 10))
  const head = `${time}  ${tag}  ${pad(who, columns < narrow ? speakersMin : speakersWidth)}  `
  const indent = widthOf(head)
  const lines = wrap(what, Math.max(20, columns - indent)).map(paint)
  return head + lines.join(`\n${' '.repeat(indent)}`)
}
