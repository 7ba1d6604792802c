import type { Ledger } from '../../model/ledger/ledger.ts'
import type { AgentRecord, ClientRecord } from '../../model/ledger/records.ts'

/** Amounts of agents are replaced, never changed, and clients count their changes. */
type Amounts = Pick<AgentRecord, 'total' | 'free' | 'offered' | 'used'> & {
  readonly offers: number
}

/** Finds what has changed in a book since the last look. */
export class Changes {
  readonly #agents = new WeakMap<AgentRecord, Amounts>()
  readonly #clients = new WeakMap<ClientRecord, number>()

  agentsIn({ agents }: Ledger): AgentRecord[] {
    const changed: AgentRecord[] = []
    for (const agent of agents.values()) {
      const before = this.#agents.get(agent)
      if (before !== undefined && isSame(before, agent)) continue
      const { total, free, offered, used, offers } = agent
      this.#agents.set(agent, { total, free, offered, used, offers: offers.size })
      changed.push(agent)
    }
    return changed
  }

  clientsIn({ frameworks }: Ledger): ClientRecord[] {
    const changed: ClientRecord[] = []
    for (const { clients } of frameworks.values()) {
      for (const client of clients.values()) {
        if (this.#clients.get(client) === client.version) continue
        this.#clients.set(client, client.version)
        changed.push(client)
      }
    }
    return changed
  }
}

function isSame(before: Amounts, { total, free, offered, used, offers }: AgentRecord): boolean {
  return (
    before.free === free &&
    before.offered === offered &&
    before.used === used &&
    before.total === total &&
    before.offers === offers.size
  )
}
