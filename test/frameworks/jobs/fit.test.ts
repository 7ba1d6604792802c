import { describe, expect, it } from 'vitest'
import { problemWithFit } from '../../../src/frameworks/jobs/fit.ts'
import type { Resources } from '../../../src/messages/index.ts'

const agents: Resources[] = [
  { cpus: 4, mem: 1_024, ports: [[31_000, 31_010]] },
  { cpus: 2, mem: 8_192, gpus: 1 },
]

describe('Fit: whether a demand can ever be met', () => {
  const cases: [string, Resources, string | undefined][] = [
    ['it fits the first agent', { cpus: 4, mem: 1_024 }, undefined],
    ['it fits the second agent', { cpus: 1, gpus: 1 }, undefined],
    ['it asks for ports that are there', { ports: [[31_005, 31_006]] }, undefined],
    ['no agent has so many cpus', { cpus: 8 }, 'it needs 8 cpus, the largest agent has 4'],
    ['no agent has so much memory', { mem: 9_000 }, 'it needs 9000 MB, the largest agent has 8192'],
    [
      'no agent has such ports',
      { ports: [[80, 80]] },
      'it needs ports 80-80, the largest agent has others',
    ],
    [
      'each resource is somewhere, but not all on one agent',
      { cpus: 4, mem: 8_192 },
      'it needs <4 cpus, 8192 MB> on one agent; no agent has all of it at once (short of mem, cpus)',
    ],
    ['it asks for as many ports as there are', { ports: 11 }, undefined],
    ['it asks for more ports', { ports: 12 }, 'it needs 12 ports, the largest agent has 11'],
    [
      'nobody knows the resource',
      { gpu: 1 },
      'there is no resource named gpu; did you mean gpus?; the agents have cpus, gpus, mem, ports',
    ],
  ]
  for (const [situation, demand, sentence] of cases) {
    it(situation, () => expect(problemWithFit(demand, agents)).toBe(sentence))
  }
})

describe('Fit: resources of several kinds', () => {
  const mixed: Resources[] = [
    { cpus: 1, 'cpus(eng)': 2, 'mem(ops)': 512, mem: 256, 'cpus{revocable}': 8 },
  ]
  const cases: [string, Resources, string[], string | undefined][] = [
    ['its role may use what is reserved and what is not', { cpus: 3 }, ['eng'], undefined],
    ['so may a role below', { cpus: 3 }, ['eng/ads'], undefined],
    ['another role may not', { cpus: 3 }, ['ops'], 'it needs 3 cpus, the largest agent has 1'],
    ['a kind is what it names', { 'cpus(eng)': 2 }, ['eng'], undefined],
    ['there is too little of a kind', { 'cpus(eng)': 3 }, ['eng'], 'it needs 3 cpus reserved for eng, the largest agent has 2'], // biome-ignore format: one line reads better
    ['a kind is reserved for others', { 'mem(ops)': 1 }, ['eng'], 'no agent has any mem(ops)'],
    [
      'what may be taken away is for those who name it',
      { 'cpus{revocable}': 8 },
      ['eng'],
      undefined,
    ],
    ['what is made later may come', { 'disk(eng,me)[db:data]': 64 }, ['eng'], undefined],
    ['what is reserved later may come', { 'cpus(eng,me)': 64 }, ['eng'], undefined],
    ['the name of a kind is unknown', { 'cpu(eng)': 1 }, ['eng'], 'there is no resource named cpu; did you mean cpus?; the agents have cpus, mem'], // biome-ignore format: one line reads better
  ]
  for (const [situation, demand, roles, sentence] of cases) {
    it(situation, () => expect(problemWithFit(demand, mixed, roles)).toBe(sentence))
  }
})
