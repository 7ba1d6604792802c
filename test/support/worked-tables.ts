import type { Resources } from '../../src/messages/index.ts'
import { createFairPolicy, drfPolicy, priorityPolicy } from '../../src/model/allocation/policies.ts'
import type { AllocationPolicy } from '../../src/model/allocation/policy.ts'

/** A cluster with frameworks that always want one more task, and how many each has in the end. */
export interface WorkedTable {
  readonly title: string
  readonly agents: readonly Resources[]
  readonly policy?: AllocationPolicy
  readonly weights?: Readonly<Record<string, number>>
  readonly priorities?: Readonly<Record<string, number>>
  readonly rows: readonly {
    readonly name: string
    /** By default its name. */
    readonly role?: string
    readonly demand: Resources
    readonly tasks: number
    /** The dominant share of its tasks. */
    readonly share: number
  }[]
}

const one: Resources = { cpus: 1 }

/** The example of the paper (Ghodsi et al., NSDI 2011, §4.1): <9 cpus, 18 GB>. */
const canonical: Resources = { cpus: 9, mem: 18_000 }
const canonicalA: Resources = { cpus: 1, mem: 4_000 }
const canonicalB: Resources = { cpus: 3, mem: 1_000 }

/** Where shares of assets break the sharing incentive (same paper, §5.1): <30, 30>. */
const even: Resources = { cpus: 30, mem: 30_000 }
const evenFirst: Resources = { cpus: 1, mem: 3_000 }
const evenSecond: Resources = { cpus: 1, mem: 1_000 }

export const workedTables: readonly WorkedTable[] = [
  {
    title: 'canonical: A <1, 4> and B <3, 1> both come to two thirds',
    agents: [canonical],
    rows: [
      { name: 'A', demand: canonicalA, tasks: 3, share: 2 / 3 },
      { name: 'B', demand: canonicalB, tasks: 2, share: 2 / 3 },
    ],
  },
  {
    title: 'canonical, named the other way round: ties change the order, not the end',
    agents: [canonical],
    rows: [
      { name: 'Z', demand: canonicalA, tasks: 3, share: 2 / 3 },
      { name: 'B', demand: canonicalB, tasks: 2, share: 2 / 3 },
    ],
  },
  {
    title: 'canonical with weights 5 and 2',
    agents: [canonical],
    weights: { A: 5, B: 2 },
    rows: [
      { name: 'A', demand: canonicalA, tasks: 4, share: 8 / 9 },
      { name: 'B', demand: canonicalB, tasks: 1, share: 1 / 3 },
    ],
  },
  {
    // After three tasks of A and one of B both stand at a third. Were it the turn of A, it would
    // end with 4 and 1; but the one who was allocated something less often comes first.
    title: 'canonical with weights 2 and 1, which comes to a tie',
    agents: [canonical],
    weights: { A: 2 },
    rows: [
      { name: 'A', demand: canonicalA, tasks: 3, share: 2 / 3 },
      { name: 'B', demand: canonicalB, tasks: 2, share: 2 / 3 },
    ],
  },
  {
    title: 'canonical with A before B by priority: B gets what A has no use for',
    agents: [canonical],
    policy: priorityPolicy,
    priorities: { A: 1 },
    rows: [
      { name: 'A', demand: canonicalA, tasks: 4, share: 8 / 9 },
      { name: 'B', demand: canonicalB, tasks: 1, share: 1 / 3 },
    ],
  },
  {
    title: 'canonical with B before A by priority: nothing is left for A',
    agents: [canonical],
    policy: priorityPolicy,
    priorities: { B: 1 },
    rows: [
      { name: 'A', demand: canonicalA, tasks: 0, share: 0 },
      { name: 'B', demand: canonicalB, tasks: 3, share: 1 },
    ],
  },
  {
    title: 'sharing incentive: each has half of what it needs most of',
    agents: [even],
    rows: [
      { name: 'first', demand: evenFirst, tasks: 5, share: 1 / 2 },
      { name: 'second', demand: evenSecond, tasks: 15, share: 1 / 2 },
    ],
  },
  {
    title: 'fair on cpus alone: the one who also needs memory gets more than half of that',
    agents: [even],
    policy: createFairPolicy(),
    rows: [
      { name: 'first', demand: evenFirst, tasks: 7, share: 21 / 30 },
      { name: 'second', demand: evenSecond, tasks: 9, share: 9 / 30 },
    ],
  },
  {
    title: 'one resource: max-min fairness, and who wants little gets all it wants',
    agents: [{ cpus: 12 }],
    weights: { A: 3, B: 2 },
    rows: [
      { name: 'A', demand: one, tasks: 6, share: 1 / 2 },
      { name: 'B', demand: one, tasks: 4, share: 1 / 3 },
      { name: 'C', demand: one, tasks: 2, share: 1 / 6 },
    ],
  },
  {
    title: 'a tree of three levels with weights: 2 to 1, below that 3 to 1 to 1, below that even',
    agents: [{ cpus: 30 }],
    weights: { eng: 2, 'eng/ads': 3 },
    rows: [
      { name: 'own', role: 'eng', demand: one, tasks: 4, share: 4 / 30 },
      { name: 'web', role: 'eng/web', demand: one, tasks: 4, share: 4 / 30 },
      { name: 'x', role: 'eng/ads/x', demand: one, tasks: 6, share: 6 / 30 },
      { name: 'y', role: 'eng/ads/y', demand: one, tasks: 6, share: 6 / 30 },
      { name: 'ops', demand: one, tasks: 10, share: 10 / 30 },
    ],
  },
  {
    // The share of a role is that of the sum below it: <2, 1> and <1, 2> make <3, 3>.
    title: 'a tree with two resources: half to each role, and even shares below',
    agents: [{ cpus: 36, mem: 36_000 }],
    rows: [
      { name: 'think', role: 'eng/think', demand: { cpus: 2, mem: 1_000 }, tasks: 6, share: 1 / 3 },
      { name: 'keep', role: 'eng/keep', demand: { cpus: 1, mem: 2_000 }, tasks: 6, share: 1 / 3 },
      { name: 'ops', demand: { cpus: 1, mem: 1_000 }, tasks: 18, share: 1 / 2 },
    ],
  },
  {
    title: 'two frameworks in one role share what the role is due',
    agents: [{ cpus: 12 }],
    rows: [
      { name: 'F1', role: 'shared', demand: one, tasks: 3, share: 1 / 4 },
      { name: 'F2', role: 'shared', demand: one, tasks: 3, share: 1 / 4 },
      { name: 'F3', role: 'alone', demand: one, tasks: 6, share: 1 / 2 },
    ],
  },
]

/** The policy of a table. */
export function policyOf({ policy = drfPolicy }: WorkedTable): AllocationPolicy {
  return policy
}
