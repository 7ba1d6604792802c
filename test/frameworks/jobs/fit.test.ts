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
