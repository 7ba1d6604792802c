import type { Timed } from '../../simulation/happenings.ts'
import { shortAddress } from '../../simulation/message-text.ts'
import { messageText } from '../view/message-line.ts'
import { spanText } from '../view/times.ts'

/** They tell nothing of what went wrong. */
const signsOfLife: ReadonlySet<string> = new Set([
  'lifecycle.heartbeat',
  'lifecycle.ping',
  'lifecycle.pong',
])

/** What is worth showing of the last happenings, oldest first. */
export function worthShowing(last: readonly Timed[], count: number): Timed[] {
  return last
    .filter(({ happening }) => {
      return !('envelope' in happening) || !signsOfLife.has(happening.envelope.message.type)
    })
    .slice(-count)
}

/** One happening as a line: `12.5 s  master → agent-1  launch T1`. */
export function sequenceLine({ atMs, happening }: Timed): string {
  return `${spanText(atMs).padStart(9)}  ${sentenceOf(happening)}`
}

function sentenceOf(happening: Timed['happening']): string {
  switch (happening.type) {
    case 'sent':
    case 'delivered':
    case 'lost': {
      const { from, to, message } = happening.envelope
      const fate = happening.type === 'lost' ? ` (lost: ${happening.why})` : ''
      return `${shortAddress(from)} → ${shortAddress(to)}  ${messageText(message)}${fate}`
    }
    case 'work.began':
      return `${happening.hostname} begins ${happening.task.taskId}`
    case 'work.ended':
      return `${happening.hostname} is done with ${happening.task.taskId}`
    case 'shown':
      return `${happening.to} sees ${happening.status.taskId} ${happening.status.state.slice(5)}`
    case 'fault':
      return `fault: ${happening.kind}, ${happening.detail}`
    case 'repair':
      return `over: ${happening.kind}, ${happening.detail}`
    case 'marked':
      return `${shortAddress(happening.by)} notes ${happening.name}: ${happening.detail}`
    case 'broken':
      return `${shortAddress(happening.by)} ended: ${happening.reason}`
    case 'fired':
      return `timer ${happening.timer} of ${happening.by}`
  }
}

/** A sequence diagram in Mermaid's language. */
export function mermaidSequence(shown: readonly Timed[]): string {
  const names = new Map<string, string>()
  const idOf = (address: string): string => {
    const known = names.get(address) ?? `p${names.size + 1}`
    names.set(address, known)
    return known
  }
  const lines = shown.map(({ atMs, happening }) => {
    const time = spanText(atMs).trim()
    if (!('envelope' in happening))
      return `note over ${idOf('master')}: ${plain(`${time} ${sentenceOf(happening)}`)}`
    const { from, to, message } = happening.envelope
    const arrow = happening.type === 'lost' ? '-x' : '->>'
    return `${idOf(from)}${arrow}${idOf(to)}: ${plain(`${time} ${messageText(message)}`)}`
  })
  const participants = [...names].map(([address, id]) => {
    return `participant ${id} as ${plain(shortAddress(address))}`
  })
  return ['sequenceDiagram', ...[...participants, ...lines].map((line) => `  ${line}`)].join('\n')
}

/** Mermaid ends a statement at these signs. */
function plain(text: string): string {
  return text.replace(/[;#\n]/g, ' ')
}
