import { describe, expect, test } from 'vitest'
import type { Resources } from '../../../src/messages/index.ts'
import { InvalidInputError } from '../../../src/model/errors.ts'
import { amountKeys, checkKeys, resourcesOf } from '../../../src/model/resources/amounts.ts'
import { describeResources } from '../../../src/model/resources/describe.ts'
import { problemWithNames, problemWithResources } from '../../../src/model/resources/problems.ts'

describe('Resources that cannot be', () => {
  const cases: [Resources, string][] = [
    [{ cpus: -1 }, 'cpus is -1; an amount cannot be negative'],
    [{ mem: Number.NaN }, 'mem is NaN; give a finite number'],
    [{ mem: Number.POSITIVE_INFINITY }, 'mem is Infinity; give a finite number'],
    [{ disk: 1e13 }, 'disk is 10000000000000; more than 1000000000000 is surely a slip'],
    [{ gpus: 0.5 }, 'gpus is 0.5; gpus come as whole units'],
    [{ ports: 8_080 }, 'ports are ranges such as [[31000, 31005]], not a number'],
    [{ ports: [[5, 1]] }, 'ports has the range [5, 1]; give whole numbers, the smaller first'],
    [{ ports: [[-1, 1]] }, 'ports has the range [-1, 1]; give whole numbers, the smaller first'],
    [{ ports: [[1.5, 2]] }, 'ports has the range [1.5, 2]; give whole numbers, the smaller first'],
    [
      {
        ports: [
          [4, 9],
          [1, 4],
        ],
      },
      'ports lists 4 twice',
    ],
    [{ disks: ['a', 'b', 'a'] }, 'disks lists a twice'],
  ]

  test.each(cases)('%j: a sentence says why', (resources, sentence) => {
    expect(problemWithResources(resources)).toBe(sentence)
  })

  test('every other amount is fine, also none and an unusual name', () => {
    const fine: Resources = { cpus: 0.5, mem: 0, gpus: 2, ports: [[1, 1]], 'x y': ['a'] }
    expect(problemWithResources({})).toBeUndefined()
    expect(problemWithResources(fine)).toBeUndefined()
  })
})

describe('Resources as people write them', () => {
  test('the usual names stand on top, others below', () => {
    const amounts = { cpus: 1, ports: [[1, 2]] as const, resources: { licenses: 3 } }
    expect(resourcesOf('the job', amounts)).toEqual({ cpus: 1, ports: [[1, 2]], licenses: 3 })
    expect(() => resourcesOf('the job', { cpus: -1 })).toThrow(
      new InvalidInputError('the job: cpus is -1; an amount cannot be negative'),
    )
  })

  test('an option that nobody reads is named with the one that was probably meant', () => {
    expect(() => checkKeys('the job', { cpu: 1 }, amountKeys)).toThrow(
      'the job: there is no option cpu; did you mean cpus?; known are',
    )
    expect(() => checkKeys('the job', { cpus: 1 }, amountKeys)).not.toThrow()
  })

  test('a resource that no agent has is named with the one that was probably meant', () => {
    const known = new Set(['mem', 'cpus'])
    expect(problemWithNames({ cpus: 1, mme: 1 }, known)).toBe(
      'there is no resource named mme; did you mean mem?; the agents have cpus, mem',
    )
    expect(problemWithNames({ cpus: 1 }, known)).toBeUndefined()
  })

  test('a sentence about resources reads as people say it', () => {
    expect(describeResources({ cpus: 2, mem: 1_024, disk: 5 })).toBe('<2 cpus, 1024 MB, 5 MB disk>')
    expect(describeResources({ cpus: 1, gpus: 1 })).toBe('<1 cpu, 1 gpu>')
    expect(
      describeResources({
        ports: [
          [1, 2],
          [5, 5],
        ],
        disks: ['a'],
      }),
    ).toBe('<ports 1-2 5-5, disks a>')
    expect(describeResources({})).toBe('<nothing>')
  })

  test('a sentence about resources says for whom they are, and which volume', () => {
    const resources: Resources = {
      cpus: 2,
      'cpus(eng)': 1,
      'mem(eng,ops,team=web)(eng/ads,ops)': 64,
      'disk(eng,ops)[db:data]': 100,
      'ports(eng)': [[1, 2]],
      'cpus{revocable}': 1,
    }
    expect(describeResources(resources)).toBe(
      '<2 cpus, 1 cpu reserved for eng, 64 MB reserved for eng/ads, volume db of 100 MB, ' +
        'ports 1-2 reserved for eng, 1 cpu revocable>',
    )
  })
})
