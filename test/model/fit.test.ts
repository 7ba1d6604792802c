import { describe, expect, test } from 'vitest'
import { problemWithFit } from '../../src/frameworks/jobs/fit.ts'
import type { Resources } from '../../src/messages/index.ts'

const agents: Resources[] = [
  { cpus: 4, mem: 4_096 },
  { cpus: 2, mem: 8_192, ports: [[31_000, 31_005]] },
]

describe('What no agent can ever run', () => {
  test.each<[string, Resources, string]>([
    [
      'more of one resource than any agent has',
      { cpus: 5, mem: 1 },
      'needs 5 cpus, the largest agent has 4',
    ],
    ['memory', { mem: 9_000 }, 'needs 9000 MB, the largest agent has 8192'],
    [
      'ports outside of every range',
      { ports: [[80, 80]] },
      'needs ports 80-80, the largest agent has others',
    ],
    [
      'each resource is somewhere, but not on one agent',
      { cpus: 4, mem: 8_192 },
      'needs <4 cpus, 8192 MB> on one agent; no agent has all of it at once (short of mem, cpus)',
    ],
    [
      'a resource of another name',
      { cpu: 1 },
      'there is no resource named cpu; did you mean cpus?; the agents have cpus, mem, ports',
    ],
  ])('%s', (_what, demand, sentence) => {
    expect(problemWithFit(demand, agents)).toContain(sentence)
  })

  test('what one agent has as a whole can wait for it', () => {
    const demands: Resources[] = [{ cpus: 4, mem: 4_096 }, { ports: [[31_001, 31_002]] }, {}]
    for (const demand of demands) expect(problemWithFit(demand, agents)).toBeUndefined()
  })
})
