import type { ClientRecord } from '../ledger/records.ts'
import { isPlain, isRevocable, isWithin, reservedRole } from '../resources/kinds.ts'
import type { Quantities } from '../resources/quantities.ts'
import type { RoleConstraints } from './constraints.ts'
import type { Client } from './policy.ts'
import type { Standing } from './quota-standing.ts'

interface Rules {
  /** The quota that the client counts against. */
  readonly standing: Standing | undefined
  /** Its framework's own rules about agents. */
  readonly constraints: RoleConstraints | undefined
  /** The policy sees copies, so that it cannot change the book. */
  readonly untrusted?: boolean
}

/** A client in one round, with what decides quickly what it may have. */
export class Contender implements Client {
  readonly record: ClientRecord
  readonly index: number
  readonly standing: Standing | undefined
  readonly constraints: RoleConstraints | undefined
  readonly allocated: Readonly<Quantities>
  readonly usesGpus: boolean
  /** The last agent that it may not have. */
  refusedLot: object | undefined
  readonly #takesRevocable: boolean

  constructor(
    record: ClientRecord,
    index: number,
    { standing, constraints, untrusted = false }: Rules,
  ) {
    const { capabilities = [] } = record.framework.info
    this.record = record
    this.index = index
    this.standing = standing
    this.allocated = untrusted ? { ...record.allocated } : record.allocated
    this.constraints = constraints
    this.usesGpus = capabilities.includes('GPU_RESOURCES')
    this.#takesRevocable = capabilities.includes('REVOCABLE_RESOURCES')
  }

  get frameworkId(): string {
    return this.record.frameworkId
  }

  get role(): string {
    return this.record.role
  }

  get allocations(): number {
    return this.record.allocations
  }

  get version(): number {
    return this.record.version
  }

  /** What is reserved for neither its role nor one above is not for it. */
  partOf(free: Readonly<Quantities>): Readonly<Quantities> {
    const part: Quantities = {}
    for (const key in free) {
      const amount = free[key]
      if (amount !== undefined && (isPlain(key) || this.#mayHave(key))) part[key] = amount
    }
    return part
  }

  #mayHave(key: string): boolean {
    if (isRevocable(key)) return this.#takesRevocable
    const owner = reservedRole(key)
    return owner === undefined || isWithin(this.role, owner)
  }
}
