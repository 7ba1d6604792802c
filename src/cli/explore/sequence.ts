import type { ExploredStep } from '../../simulation/explore/steps.ts'
import { shortAddress } from '../../simulation/message-text.ts'
import { messageText } from '../view/message-line.ts'

const fates = { delivered: '', lost: ' (lost)', duplicated: ' (and once more)' } as const

/** One step of a way as a line: `master → agent-1  launch T1`. */
export function stepLine(step: ExploredStep): string {
  switch (step.type) {
    case 'did':
      return `${shortAddress(step.by)}  ${step.what}`
    case 'crashed':
      return `${shortAddress(step.by)}  crashes${step.isNoticed ? ', and its link breaks' : ''}`
    default: {
      const { from, to, message } = step.envelope
      const words = `${shortAddress(from)} → ${shortAddress(to)}  ${messageText(message)}`
      return words + fates[step.type]
    }
  }
}

/** A way as a sequence diagram in Mermaid's language. */
export function mermaidWay(way: readonly ExploredStep[]): string {
  const names = new Map<string, string>()
  const idOf = (address: string): string => {
    const known = names.get(address) ?? `p${names.size + 1}`
    names.set(address, known)
    return known
  }
  const lines = way.map((step) => {
    if (!('envelope' in step)) return `note over ${idOf(step.by)}: ${plain(noteText(step))}`
    const { from, to, message } = step.envelope
    const arrow = step.type === 'lost' ? '-x' : '->>'
    return `${idOf(from)}${arrow}${idOf(to)}: ${plain(messageText(message))}`
  })
  const participants = [...names].map(([address, id]) => {
    return `participant ${id} as ${plain(shortAddress(address))}`
  })
  return ['sequenceDiagram', ...[...participants, ...lines].map((line) => `  ${line}`)].join('\n')
}

function noteText(step: Exclude<ExploredStep, { envelope: object }>): string {
  return step.type === 'did' ? step.what : 'crashes'
}

/** Mermaid ends a statement at these signs. */
function plain(text: string): string {
  return text.replace(/[;#\n]/g, ' ')
}
