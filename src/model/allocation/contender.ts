import type { ClientRecord } from '../ledger/records.ts'
import { isPlain, isRevocable, isWithin, reservedRole } from '../resources/kinds.ts'
import type { Quantities, Scalars } from '../resources/quantities.ts'
import type { ConstraintCompiler, RoleConstraints } from './constraints.ts'
import type { Client } from './policy.ts'
import type { QuotaStandings, Standing } from './quota-standing.ts'

interface ContenderOptions {
  /** Its framework's own rules about agents. */
  readonly constraints: RoleConstraints | undefined
  /** The policy sees copies, so that it cannot change the book. */
  readonly untrusted: boolean
}

/** A client in one round, with what decides quickly what it may have. */
export class Contender implements Client {
  readonly record: ClientRecord
  readonly index: number
  /** The quota that the client counts against. */
  standing: Standing | undefined
  readonly constraints: RoleConstraints | undefined
  readonly allocated: Readonly<Scalars>
  readonly usesGpus: boolean
  /** The last agent that it may not have. */
  refusedLot: object | undefined
  readonly #takesRevocable: boolean

  constructor(record: ClientRecord, index: number, { constraints, untrusted }: ContenderOptions) {
    const { capabilities = [] } = record.framework.info
    this.record = record
    this.index = index
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

/** Where clients are kept from round to round. */
const crowdKey = 'contenders'

interface ContendersOptions {
  readonly compiler: ConstraintCompiler
  readonly quotas: QuotaStandings
  readonly memory: Map<string, object>
  readonly untrusted: boolean
}

/** The clients of one round, who are known from the last one when the same want something. */
export function contendersOf(
  wanting: readonly ClientRecord[],
  { compiler, quotas, memory, untrusted }: ContendersOptions,
): readonly Contender[] {
  const known = memory.get(crowdKey)
  const crowd =
    !untrusted && known instanceof Crowd && known.wanting === wanting
      ? known
      : new Crowd(wanting, (record, index) => {
          const { offerConstraints } = record.framework.info
          const constraints = compiler.compile(offerConstraints).get(record.role)
          return new Contender(record, index, { constraints, untrusted })
        })
  if (!untrusted) memory.set(crowdKey, crowd)
  for (const contender of crowd.contenders) {
    contender.standing = quotas.isEmpty ? undefined : quotas.standingOf(contender.record)
  }
  return crowd.contenders
}

/** Clients as they are kept from round to round. */
class Crowd {
  readonly wanting: readonly ClientRecord[]
  readonly contenders: readonly Contender[]

  constructor(
    wanting: readonly ClientRecord[],
    contenderOf: (record: ClientRecord, index: number) => Contender,
  ) {
    this.wanting = wanting
    this.contenders = wanting.map(contenderOf)
  }
}
