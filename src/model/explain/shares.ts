import { RoleView } from '../allocation/role-view.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Scalars } from '../resources/quantities.ts'

/** The resource of which somebody has the largest part, and how large that part is. */
export interface DominantShare {
  readonly resource: string
  /** From 0 to 1; not divided by a weight. */
  readonly share: number
}

/** Nothing, when somebody has nothing. */
export function dominantShareOf(
  allocated: Readonly<Scalars>,
  capacity: Readonly<Scalars>,
): DominantShare | undefined {
  let dominant: DominantShare | undefined
  for (const [resource, total] of Object.entries(capacity)) {
    const share = total > 0 ? (allocated[resource] ?? 0) / total : 0
    if (share > (dominant?.share ?? 0)) dominant = { resource, share }
  }
  return dominant
}

/** The dominant share of a role, with what is reserved for it and all that roles below it hold. */
export function dominantShareOfRole(ledger: Ledger, path: string): DominantShare | undefined {
  const role = ledger.roles.get(path)
  return role && dominantShareOf(new RoleView(ledger, role).allocated, ledger.capacity)
}
