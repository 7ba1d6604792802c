import type { Ledger } from '../ledger/ledger.ts'
import type { AgentRecord } from '../ledger/records.ts'
import { suggestion } from '../suggestion.ts'

/** The one agent of this id or host name, or a sentence that says why there is none such. */
export function agentNamed({ agents }: Ledger, name: string): AgentRecord | string {
  const known = agents.get(name)
  if (known !== undefined) return known
  const all = [...agents.values()]
  const [first, ...others] = all.filter(({ info }) => info.hostname === name)
  if (first === undefined) {
    const names = all.map(({ info }) => info.hostname)
    return `there is no agent ${name}${suggestion(name, names)}`
  }
  if (others.length === 0) return first
  const ids = [first, ...others].map(({ id, state }) => `${id} (${state})`)
  return `there are ${ids.length} agents named ${name}; give the id of one: ${ids.join(', ')}`
}
