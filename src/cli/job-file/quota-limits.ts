import { Check } from 'typebox/schema'
import type { Resources } from '../../messages/index.ts'
import { describeAmounts } from '../../model/resources/describe.ts'
import { fieldsOf } from './parts.ts'
import { Quota } from './sharing-schema.ts'

/** What a role may have at most, by the quota of the role at the top of its branch. */
export interface QuotaLimits {
  readonly role: string
  readonly amounts: Readonly<Record<string, number>>
}

/** The limits that count for a role; nothing when it has none, or they are wrong. */
export function limitsFor(role: string, quotas: unknown): QuotaLimits | undefined {
  const [top = role] = role.split('/')
  const quota = fieldsOf(quotas)[top]
  if (!Check(Quota, quota) || quota.limits === undefined) return undefined
  return { role: top, amounts: quota.limits }
}

/** Says why one task alone is more than its role may have, or nothing. */
export function problemWithLimits(
  resources: Resources,
  { role, amounts }: QuotaLimits,
): string | undefined {
  for (const [name, limit] of Object.entries(amounts)) {
    const wanted = resources[name]
    if (typeof wanted !== 'number' || wanted <= limit) continue
    const need = describeAmounts({ [name]: wanted })
    return `it needs ${need}, the limit of ${role} is ${limit}`
  }
  return undefined
}
