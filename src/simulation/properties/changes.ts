import type { Ledger } from '../../model/ledger/ledger.ts'
import type { AgentRecord, ClientRecord } from '../../model/ledger/records.ts'

/** Amounts of agents are replaced, never changed, and clients count their changes. */
interface Amounts extends Pick<AgentRecord, 'total' | 'free' | 'offered' | 'used'> {
  readonly agent: AgentRecord
  readonly offers: number
}

/** Finds what has changed in a book since the last look. */
export class Changes {
  /** By its place in the book: agents keep theirs, and looking one up after each step is slow. */
  readonly #agents: Amounts[] = []
  readonly #clients = new WeakMap<ClientRecord, number>()

  /** Those whose amounts changed, and those whose place did. */
  agentsIn({ agents }: Ledger): AgentRecord[] {
    const changed: AgentRecord[] = []
    let place = 0
    for (const agent of agents.values()) {
      const before = this.#agents[place]
      if (before === undefined || !isSame(before, agent)) {
        const { total, free, offered, used, offers } = agent
        this.#agents[place] = { agent, total, free, offered, used, offers: offers.size }
        changed.push(agent)
      }
      place++
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

function isSame(before: Amounts, agent: AgentRecord): boolean {
  return (
    before.agent === agent &&
    before.free === agent.free &&
    before.offered === agent.offered &&
    before.used === agent.used &&
    before.total === agent.total &&
    before.offers === agent.offers.size
  )
}
