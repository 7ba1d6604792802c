import { describe, expect, it } from 'vitest'
import {
  leastOf,
  mayHold,
  measureDemand,
  measureOffer,
} from '../../../src/model/resources/measures.ts'

describe('Measures: one number per key', () => {
  it('the items of lists are counted like whole units', () => {
    const amounts = { cpus: 500, ports: [[1, 3], [7, 7]] as const, disks: ['a', 'b'] } // biome-ignore format: one line reads better
    expect(measureDemand(amounts)).toEqual({ cpus: 500, ports: 4_000, disks: 2_000 })
  })

  it('of an offer, what is reserved counts for its name too; what has its own use does not', () => {
    const offered = {
      cpus: 1,
      'cpus(eng)': 2,
      'cpus(eng,ops)': 4,
      'cpus{revocable}': 8,
      'disk(eng,ops)[db:data]': 16,
      'mem(eng)': 32,
    }
    expect(measureOffer(offered)).toEqual({ ...offered, cpus: 7, mem: 32 })
  })

  it('nothing holds what is missing, and anything holds nothing', () => {
    expect(mayHold({ cpus: 2 }, { cpus: 2 })).toBe(true)
    expect(mayHold({ cpus: 1 }, { cpus: 2 })).toBe(false)
    expect(mayHold({ cpus: 1 }, { mem: 1 })).toBe(false)
    expect(mayHold({}, {})).toBe(true)
  })

  it('the least of two demands has what both take', () => {
    expect(leastOf({ cpus: 2, mem: 1 }, { cpus: 1, gpus: 1 })).toEqual({ cpus: 1 })
  })
})
