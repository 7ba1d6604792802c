import type { QuotaInfo } from '../../messages/index.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { Quota } from '../../model/ledger/records.ts'
import { isPlain } from '../../model/resources/kinds.ts'
import { thousandths } from '../../model/resources/quantities.ts'
import { WireError } from '../wire/errors.ts'
import {
  type Json,
  listAt,
  numberAt,
  objectAt,
  optionalBoolean,
  textAt,
  withoutEmpty,
} from '../wire/json.ts'
import { readQuantities, writeQuantities } from '../wire/quantities.ts'
import { readAmounts } from '../wire/resources.ts'
import { scalarResources } from './resource-json.ts'
import type { Viewer } from './viewer.ts'

/** Reads Mesos' QuotaConfig[]. */
export function readQuotas(value: unknown, path: string): QuotaInfo[] {
  return listAt(value, path).map((item, index) => {
    const at = `${path}[${index}]`
    const json = objectAt(item, at)
    return {
      role: textAt(json.role, `${at}.role`),
      guarantees: readQuantities(json.guarantees, `${at}.guarantees`),
      limits: readQuantities(json.limits, `${at}.limits`),
    }
  })
}

/**
 * Reads the older QuotaRequest: what is guaranteed is the limit, too (Mesos:
 * src/master/quota_handler.cpp).
 */
export function readQuotaRequest(
  value: unknown,
  path: string,
): { quota: QuotaInfo; force: boolean } {
  const json = objectAt(value, path)
  const guarantees: Record<string, number> = {}
  // A guarantee of nothing is a limit, too: the role gets none of it.
  const resources = readAmounts(json.guarantee, `${path}.guarantee`)
  for (const [name, amount] of Object.entries(resources)) {
    if (typeof amount !== 'number' || !isPlain(name)) {
      throw new WireError(`${path}.guarantee names ${name}; a quota is about unreserved scalars`)
    }
    guarantees[name] = amount
  }
  const { length } = listAt(json.guarantee, `${path}.guarantee`)
  if (length === 0) throw new WireError(`${path}.guarantee is empty; it must name resources`)
  if (length !== Object.keys(guarantees).length) {
    throw new WireError(`${path}.guarantee names a resource twice`)
  }
  return {
    quota: { role: textAt(json.role, `${path}.role`), guarantees, limits: { ...guarantees } },
    force: optionalBoolean(json.force, `${path}.force`) ?? false,
  }
}

/** The quotas that the caller may see, in Mesos' new form and in the older one. */
export function writeQuotas(ledger: Ledger, viewer: Viewer): Json {
  const quotas = [...ledger.roles.values()].flatMap(({ path, quota }): [string, Quota][] =>
    quota !== undefined && viewer.seesQuota(path) ? [[path, quota]] : [],
  )
  return withoutEmpty({
    infos: quotas.map(([role, { guarantees }]) =>
      withoutEmpty({ role, guarantee: scalarResources(guarantees) }),
    ),
    configs: quotas.map(([role, quota]) => ({
      role,
      ...amountsOf('guarantees', quota),
      ...amountsOf('limits', quota),
    })),
  })
}

/** A limit of nothing is told, too: where no limit is named there is none. */
function amountsOf(kind: 'guarantees' | 'limits', quota: Quota): Json {
  const amounts = Object.entries(quota[kind])
    .filter(([, amount]) => kind === 'limits' || amount !== 0)
    .map(([name, amount]) => [name, amount / thousandths])
  return amounts.length === 0 ? {} : { [kind]: writeQuantities(Object.fromEntries(amounts)) }
}

/** Reads Mesos' WeightInfo[]. */
export function readWeights(value: unknown, path: string): Record<string, number> {
  const weights: Record<string, number> = {}
  for (const [index, item] of listAt(value, path).entries()) {
    const at = `${path}[${index}]`
    const json = objectAt(item, at)
    const role = textAt(json.role, `${at}.role`).trim()
    if (role in Object.prototype) throw new WireError(`${at}.role is ${role}, which is no role`)
    weights[role] = numberAt(json.weight, `${at}.weight`)
  }
  return weights
}

/** The weights that somebody has set, of the roles that the caller may see. */
export function writeWeights({ weights }: Ledger, viewer: Viewer): Json[] {
  return [...weights]
    .filter(([role]) => viewer.seesRole(role))
    .map(([role, weight]) => ({ role, weight }))
}
