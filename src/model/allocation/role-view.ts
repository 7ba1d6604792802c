import type { Ledger } from '../ledger/ledger.ts'
import type { RoleRecord } from '../ledger/records.ts'
import { type Quantities, subtract } from '../resources/quantities.ts'
import type { Role } from './policy.ts'

/** A role as policies see it. */
export function roleView(ledger: Ledger, role: RoleRecord): Role {
  return {
    path: role.path,
    weight: ledger.weights.get(role.path) ?? 1,
    priority: ledger.priorities.get(role.path) ?? 0,
    allocations: role.allocations,
    version: role.version,
    get parent() {
      return role.parent && roleView(ledger, role.parent)
    },
    get allocated() {
      return allocatedTo(role)
    },
    get own() {
      const below = [...role.children]
      return {
        allocated: below.reduce(
          (rest: Quantities, child) => subtract(rest, allocatedTo(child)),
          allocatedTo(role),
        ),
        allocations: below.reduce((rest, child) => rest - child.allocations, role.allocations),
      }
    },
  }
}

function allocatedTo({ held, revocable, reserved }: RoleRecord): Quantities {
  return sumOf(held, revocable, reserved)
}

function sumOf(first: Readonly<Quantities>, ...others: Readonly<Quantities>[]): Quantities {
  const sum: Quantities = { ...first }
  for (const account of others) {
    for (const name in account) {
      const [held, amount] = [sum[name] ?? 0, account[name]]
      if (typeof held === 'number' && typeof amount === 'number') sum[name] = held + amount
    }
  }
  return sum
}
