import type { Ledger } from '../ledger/ledger.ts'
import type { RoleRecord } from '../ledger/records.ts'
import { type Scalars, sumOfScalars } from '../resources/quantities.ts'
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

  get allocated(): Scalars {
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
    const allocated = this.allocated
    const lower = sumOfScalars(below.map(allocatedTo))
    for (const name in lower) {
      const rest = (allocated[name] ?? 0) - (lower[name] ?? 0)
      if (rest > 0) allocated[name] = rest
      else delete allocated[name]
    }
    return {
      allocated,
      allocations: below.reduce((rest, child) => rest - child.allocations, this.allocations),
    }
  }
}

function allocatedTo({ held, revocable, reserved }: RoleRecord): Scalars {
  return sumOfScalars([held, revocable, reserved])
}
