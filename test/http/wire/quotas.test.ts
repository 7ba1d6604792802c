import { describe, expect, it } from 'vitest'
import { WireError } from '../../../src/http/wire/json.ts'
import {
  readQuotaConfigs,
  readWeightInfos,
  writeQuotaConfig,
  writeWeightInfos,
} from '../../../src/http/wire/quotas.ts'

describe('Quotas and weights', () => {
  const json = [
    { role: 'a', guarantees: { cpus: { value: 1 } }, limits: { cpus: { value: 2 } } },
    { role: 'b' },
  ]
  const quotas = [{ role: 'a', guarantees: { cpus: 1 }, limits: { cpus: 2 } }, { role: 'b' }]

  it('are read and written', () => {
    expect(readQuotaConfigs(json, 'quota_configs')).toEqual(quotas)
    expect(quotas.map(writeQuotaConfig)).toEqual(json)
    expect(readWeightInfos([{ role: 'a', weight: '2' }], 'weight_infos')).toEqual({ a: 2 })
    expect(writeWeightInfos({ a: 2 })).toEqual([{ role: 'a', weight: 2 }])
  })

  it.each<[() => unknown, string]>([
    [() => readQuotaConfigs([{}], 'q'), 'q[0].role is missing'],
    [() => readQuotaConfigs([{ role: 'a', limits: { cpus: 1 } }], 'q'), 'q[0].limits.cpus is 1'],
    [() => readQuotaConfigs({}, 'q'), 'q is an object; it must be a list'],
    [() => readWeightInfos([{ role: 'a' }], 'w'), 'w[0].weight is missing'],
    [() => readWeightInfos([{ role: '__proto__', weight: 1 }], 'w'), 'a name that is not allowed'],
  ])('%s: are refused when they are none', (read, sentence) => {
    expect(read).toThrow(WireError)
    expect(read).toThrow(sentence)
  })
})
