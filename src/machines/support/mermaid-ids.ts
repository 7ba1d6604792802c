import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { stateNodesOf } from './names.ts'

/** Words that mean something else to Mermaid, and the ids that it gives to its own markers. */
const RESERVED =
  /^(?:accDescr|accTitle|as|choice|class|classDef|click|default|direction|end|fork|hide|join|note|root|scale|state|style|.*_start|.*_end|)$/

/**
 * Gives each state node an id of letters, digits and underscores that no other node has: its key
 * where that is enough, else its path.
 */
export function mermaidIds(machine: AnyStateMachine): (node: AnyStateNode) => string {
  const nodes = stateNodesOf(machine)
  const users = new Map<string, number>()
  for (const { key } of nodes) users.set(plain(key), (users.get(plain(key)) ?? 0) + 1)
  const taken = new Set<string>()
  const ids = new Map<string, string>()
  for (const node of nodes) {
    let id = users.get(plain(node.key)) === 1 ? plain(node.key) : plain(node.path.join('_'))
    while (taken.has(id) || RESERVED.test(id)) id = `${id}_`
    taken.add(id)
    ids.set(node.id, id)
  }
  return (node) => ids.get(node.id) ?? plain(node.id)
}

function plain(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, '_')
}
