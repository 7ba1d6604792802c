import type { Ledger } from '../ledger/ledger.ts'
import type { RoleRecord } from '../ledger/records.ts'
import { type Quantities, subtract } from '../resources/quantities.ts'
import type { Role } from './policy.ts'

/** A role as policies see it; what it says follows the book. */
export class RoleView implements Role {
  readonly #ledger: Ledger
  readonly #record: RoleRecord

  constructor(ledger: Ledger, record: RoleRecord) {
    this.#ledger = ledger
    this.#record = record
  }

  get path(): string {
    return this.#record.path
  }

  get parent(): Role | undefined {
    const { parent } = this.#record
    return parent && new RoleView(this.#ledger, parent)
  }

  get weight(): number {
    return this.#ledger.weights.get(this.path) ?? 1
  }

  get priority(): number {
    return this.#ledger.priorities.get(this.path) ?? 0
  }

  get allocated(): Quantities {
    return allocatedTo(this.#record)
  }

  get allocations(): number {
    return this.#record.allocations
  }

  get version(): number {
    return this.#record.version
  }

  get own(): Role['own'] {
    const below = [...this.#record.children]
    return {
      allocated: below.reduce(
        (rest: Quantities, child) => subtract(rest, allocatedTo(child)),
        this.allocated,
      ),
      allocations: below.reduce((rest, child) => rest - child.allocations, this.allocations),
    }
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
