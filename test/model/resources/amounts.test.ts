import { describe, expect, it } from 'vitest'
import { needsOf, problemWithNeeds, resourcesOf } from '../../../src/model/resources/amounts.ts'

describe('Amounts: what there is, and what is needed', () => {
  it('the usual names and the others become one record', () => {
    const amounts = { cpus: 1, mem: 2, resources: { licences: 3 } }
    expect(resourcesOf('it', amounts)).toEqual({ cpus: 1, mem: 2, licences: 3 })
    expect(needsOf('it', amounts)).toEqual({ cpus: 1, mem: 2, licences: 3 })
  })

  it('ports that are needed may be a number, ports that are there may not', () => {
    expect(needsOf('it', { ports: 2 })).toEqual({ ports: 2 })
    expect(needsOf('it', { ports: [[1, 2]] })).toEqual({ ports: [[1, 2]] })
    expect(needsOf('it', { cpus: 1, ports: 0 })).toEqual({ cpus: 1 })
    expect(() => resourcesOf('it', { resources: { ports: 2 } })).toThrow(/it: ports are ranges/)
  })

  it('what is needed can be told from what is impossible', () => {
    expect(problemWithNeeds({ ports: 65_536, cpus: 1, 'ports(eng)': 2 })).toBeUndefined()
    expect(problemWithNeeds({ ports: 2, cpus: -1 })).toMatch(/cpus is -1/)
    expect(problemWithNeeds({ ports: 65_537 })).toMatch(/ports is 65537; give how many/)
    expect(problemWithNeeds({ ports: [[2, 1]] })).toMatch(/ports has the range \[2, 1\]/)
  })
})
