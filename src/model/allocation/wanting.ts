import type { Ledger } from '../ledger/ledger.ts'
import type { ClientRecord } from '../ledger/records.ts'

/** Who wants offers now: connected, and not silent in the role. */
export function clientsWanting(ledger: Ledger): readonly ClientRecord[] {
  if (ledger.wanting !== undefined) return ledger.wanting
  const clients: ClientRecord[] = []
  for (const framework of ledger.frameworks.values()) {
    if (framework.state !== 'connected') continue
    for (const client of framework.clients.values()) {
      const { role } = client
      if (framework.info.roles.includes(role) && !framework.suppressedRoles.has(role)) {
        clients.push(client)
      }
    }
  }
  return clients
}
