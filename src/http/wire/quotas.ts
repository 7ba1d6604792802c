import type { QuotaInfo } from '../../messages/index.ts'
import { type Json, keyAt, listAt, numberAt, objectAt, optionalObject } from './json.ts'
import { readQuantities, writeQuantities } from './quantities.ts'

/** Reads `[{role, guarantees: {cpus: {value}}, limits}]`. */
export function readQuotaConfigs(value: unknown, path: string): QuotaInfo[] {
  return listAt(value, path).map((item, index) => {
    const at = `${path}[${index}]`
    const json = objectAt(item, at)
    const guarantees = readPart(json.guarantees, `${at}.guarantees`)
    const limits = readPart(json.limits, `${at}.limits`)
    return {
      role: keyAt(json.role, `${at}.role`),
      ...(guarantees && { guarantees }),
      ...(limits && { limits }),
    }
  })
}

function readPart(value: unknown, path: string): Record<string, number> | undefined {
  return optionalObject(value, path) && readQuantities(value, path)
}

export function writeQuotaConfig({ role, guarantees, limits }: QuotaInfo): Json {
  return {
    role,
    ...(guarantees !== undefined && { guarantees: writeQuantities(guarantees) }),
    ...(limits !== undefined && { limits: writeQuantities(limits) }),
  }
}

/** Reads `[{role, weight}]`; of two for one role the last counts. */
export function readWeightInfos(value: unknown, path: string): Record<string, number> {
  const weights: Record<string, number> = {}
  for (const [index, item] of listAt(value, path).entries()) {
    const at = `${path}[${index}]`
    const { role, weight } = objectAt(item, at)
    const name = keyAt(role, `${at}.role`)
    weights[name] = numberAt(weight, `${at}.weight`)
  }
  return weights
}

export function writeWeightInfos(weights: Readonly<Record<string, number>>): Json[] {
  return Object.entries(weights).map(([role, weight]) => ({ role, weight }))
}
