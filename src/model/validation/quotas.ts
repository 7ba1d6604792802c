import type { QuotaInfo } from '../../messages/index.ts'
import { consumptionOf } from '../allocation/quota-standing.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Quota, RoleRecord } from '../ledger/records.ts'
import { describeAmounts } from '../resources/describe.ts'
import { isPlain, isWithin } from '../resources/kinds.ts'
import { problemWithResources } from '../resources/problems.ts'
import { type Scalars, sumOfScalars, toResources, toScalars } from '../resources/quantities.ts'
import { problemWithRole } from './roles.ts'

/** A quota in the books' units. */
export function quotaOf({ guarantees = {}, limits = {} }: QuotaInfo): Quota {
  return { guarantees: toScalars(guarantees), limits: toScalars(limits) }
}

/**
 * Says what is wrong with quotas by themselves, or nothing; the first problem wins. Of two quotas
 * of one role the last one counts, as in Mesos.
 */
export function problemWithQuotas(quotas: readonly QuotaInfo[]): string | undefined {
  for (const { role, guarantees = {}, limits = {} } of quotas) {
    const problem =
      problemWithRole(role) ??
      problemWithScalars(`the guarantees of ${role}`, guarantees) ??
      problemWithScalars(`the limits of ${role}`, limits)
    if (problem !== undefined) return problem
    if (role.includes('/')) {
      return `the role ${role} lies below another; only roles at the top, such as ${role.split('/')[0]}, have quotas`
    }
    for (const [name, guarantee] of Object.entries(guarantees)) {
      const limit = limits[name]
      if (limit !== undefined && guarantee > limit) {
        return `${role} is guaranteed ${guarantee} ${name}, which is more than its limit of ${limit}`
      }
    }
  }
  return undefined
}

/**
 * Says why the cluster as it stands cannot keep the quotas, or nothing: more is guaranteed than
 * there is, or a role uses more than its new limit. Offers do not count, they can be taken back.
 */
export function problemWithFeasibility(
  ledger: Ledger,
  quotas: readonly QuotaInfo[],
): string | undefined {
  const problem = problemWithGuarantees(ledger, quotas)
  if (problem !== undefined) return problem
  for (const info of quotas) {
    const problem = problemWithUse(ledger, info)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** Says which resource all roles together would be guaranteed more of than there is, or nothing. */
export function problemWithGuarantees(
  ledger: Ledger,
  quotas: readonly QuotaInfo[],
): string | undefined {
  const all = new Map<string, Quota>()
  for (const [path, { quota }] of ledger.roles) if (quota !== undefined) all.set(path, quota)
  for (const quota of quotas) all.set(quota.role, quotaOf(quota))
  return problemWithPromises(ledger.capacity, [...all.values()])
}

/** Says which resource is promised more of than there is, or nothing. */
export function problemWithPromises(
  capacity: Readonly<Scalars>,
  quotas: readonly Quota[],
): string | undefined {
  const promised = sumOfScalars(quotas.map(({ guarantees }) => guarantees))
  for (const [name, amount] of Object.entries(promised)) {
    const available = capacity[name] ?? 0
    if (amount <= available) continue
    return `the guarantees of all roles come to ${say(name, amount)}, but the cluster has ${say(name, available)}; force it if agents are to come`
  }
  return undefined
}

function problemWithUse(ledger: Ledger, info: QuotaInfo): string | undefined {
  const role = ledger.roles.get(info.role)
  if (role === undefined) return undefined
  const used = usedBy(ledger, role)
  for (const [name, limit] of Object.entries(quotaOf(info).limits)) {
    const amount = used[name] ?? 0
    if (amount <= limit) continue
    return `${info.role} uses or has reserved ${say(name, amount)}, which is more than the limit of ${say(name, limit)}; force it to let that shrink`
  }
  return undefined
}

/** What counts against a role's quota without its offers. */
function usedBy(ledger: Ledger, role: RoleRecord): Record<string, number> {
  const used = consumptionOf(role)
  for (const offer of ledger.offers.values()) {
    if (!isWithin(offer.role, role.path)) continue
    for (const [name, amount] of Object.entries(offer.resources)) {
      if (typeof amount === 'number' && isPlain(name)) used[name] = (used[name] ?? 0) - amount
    }
  }
  return used
}

function problemWithScalars(
  what: string,
  amounts: Readonly<Record<string, number>>,
): string | undefined {
  if (typeof amounts !== 'object' || amounts === null) {
    return `${what}: give amounts by name, such as { cpus: 4 }`
  }
  for (const [name, amount] of Object.entries(amounts)) {
    if (!isPlain(name)) return `${what} name ${name}; quotas count plain names such as cpus`
    if (name === 'ports' || Array.isArray(amount)) {
      return `${what} name ${name}; quotas count numbers such as cpus, not lists`
    }
    const problem = problemWithResources({ [name]: amount })
    if (problem !== undefined) return `${what}: ${problem}`
  }
  return undefined
}

function say(name: string, amount: number): string {
  return describeAmounts(toResources({ [name]: amount }))
}
