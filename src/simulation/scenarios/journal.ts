import type { Envelope } from '../../messages/index.ts'
import type { Happening } from '../happenings.ts'
import { detailOf, shortAddress, verbOf } from '../message-text.ts'

/** They tell nothing of what a scenario is about. */
const signsOfLife: ReadonlySet<string> = new Set([
  'lifecycle.heartbeat',
  'lifecycle.ping',
  'lifecycle.pong',
])

const speakersWidth = 20

/** Writes down in lines what happens, command by command. */
export class Journal {
  #lines: string[] = []
  /** What was said last about a matter, so that only news are told. */
  readonly #known = new Map<string, string>()

  /** The lines since the last call. */
  take(): string[] {
    const lines = this.#lines
    this.#lines = []
    return lines
  }

  note(happening: Happening, atMs: number): void {
    const line = lineOf(happening)
    if (line !== undefined) this.#lines.push(`${timeText(atMs)}  ${line}`)
  }

  /** Something that a script should tell and that is no message. */
  remark(sentence: string, atMs: number): void {
    this.#lines.push(`${timeText(atMs)}  ${sentence}`)
  }

  /** How something stands, when it stands otherwise than when this was last said. */
  state(matter: string, how: string): void {
    if ((this.#known.get(matter) ?? '') === how) return
    this.#known.set(matter, how)
    this.#lines.push(`  = ${matter}: ${how === '' ? 'nothing' : how}`)
  }

  /** A promise that is broken. */
  violation(property: string, sentence: string): void {
    this.#lines.push(`  ! ${property}: ${sentence}`)
  }
}

/** A message of which nobody wants to hear: who is alive, and what executors tell their agent. */
function isChatter({ from, to, message }: Envelope): boolean {
  if (signsOfLife.has(message.type)) return true
  return from.startsWith('executor/') || to.startsWith('executor/')
}

function lineOf(happening: Happening): string | undefined {
  switch (happening.type) {
    case 'delivered':
    case 'lost': {
      if (isChatter(happening.envelope)) return undefined
      const { from, to, message } = happening.envelope
      const who = `${shortAddress(from)} → ${shortAddress(to)}`.padEnd(speakersWidth)
      const what = `${verbOf(message)} ${detailOf(message)}`.replaceAll(/\s+/g, ' ').trimEnd()
      return `${who}  ${what}${happening.type === 'lost' ? ' (lost)' : ''}`
    }
    case 'work.began':
      return `${happening.hostname} begins ${happening.task.taskId}`
    case 'work.ended':
      return `${happening.hostname} is done with ${happening.task.taskId}`
    case 'marked':
      return `${shortAddress(happening.by)} notes ${happening.name}: ${happening.detail}`
    case 'broken':
      return `${shortAddress(happening.by)} ended: ${happening.reason}`
    default:
      return undefined
  }
}

function timeText(atMs: number): string {
  return `${(atMs / 1_000).toFixed(3)} s`.padStart(12)
}
