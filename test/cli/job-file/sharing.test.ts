import { expect, test } from 'vitest'
import { problemText } from '../../../src/cli/job-file/problems.ts'
import { readJobFile } from '../../../src/cli/job-file/read.ts'
import { jobFile } from '../harness.ts'

const agents = 'agents: [{ cpus: 4, mem: 1024, resources: { cpus(eng): 2 } }]\n'
const frameworks = `frameworks:
  ads: { role: eng/ads, jobs: [{ command: x }] }
  web: { jobs: [{ command: x }] }
`

/** The problems of a file with two frameworks as `line:column: message`; the text is line 5. */
function problemsWith(text: string): string[] {
  return problemsOf(`${agents}${frameworks}${text}\n`)
}

function problemsOf(text: string): string[] {
  const { file } = jobFile(text)
  const { problems } = readJobFile(file)
  return problems.map((problem) => problemText(problem).replace(`${file}:`, ''))
}

test('Job file: how the pool is shared arrives in the words of the API', () => {
  const { file } = jobFile(`${agents}
policy: fair:mem
weights: { eng: 2, eng/ads: 0.5 }
priorities: { web: -1.5 }
quotas:
  eng: { guarantees: { cpus: 2, mem: 64 }, limits: { cpus: 3 } }
  web: { limits: { mem: 0 } }
frameworks:
  ads:
    role: eng/ads
    weight: 0.5
    priority: 7
    minAllocatable: [{ cpus: 2 }, { mem: 512 }]
    offerConstraints: { eng/ads: [[{ attributeName: rack, textEquals: r1 }, { pseudoattributeType: HOSTNAME, exists: true }]] }
    jobs: [{ command: x, cpus: 1 }]
  web: { minAllocatable: [], jobs: [{ command: x }] }
`)
  const constraints = [
    { attributeName: 'rack', textEquals: 'r1' },
    { pseudoattributeType: 'HOSTNAME', exists: true },
  ]
  expect(readJobFile(file)).toMatchObject({
    problems: [],
    plan: {
      sharing: {
        policy: 'fair:mem',
        weights: { eng: 2, 'eng/ads': 0.5 },
        priorities: { web: -1.5 },
        quotas: {
          eng: { guarantees: { cpus: 2, mem: 64 }, limits: { cpus: 3 } },
          web: { limits: { mem: 0 } },
        },
      },
      agents: [{ cpus: 4, mem: 1024, resources: { 'cpus(eng)': 2 } }],
      frameworks: [
        {
          name: 'ads',
          role: 'eng/ads',
          weight: 0.5,
          priority: 7,
          minAllocatable: [{ cpus: 2 }, { mem: 512 }],
          offerConstraints: { 'eng/ads': [constraints] },
        },
        { name: 'web', minAllocatable: [] },
      ],
    },
  })
})

test.each([
  ['weights: { web: 0 }', ['5:17: web is 0; expected a number above 0']],
  ['weights: { web: -1 }', ['5:17: web is -1; expected a number above 0']],
  ['weights: { web: .nan }', ['5:17: web is .nan; expected a number above 0']],
  [
    'weights: { wep: 1 }',
    ['5:12: no framework has the role wep or one below it; did you mean web?'],
  ],
  ['weights: { en: 1 }', ['5:12: no framework has the role en or one below it; did you mean eng?']],
  ['weights: { "we b": 1 }', ['5:12: the role "we b" has white space in it']],
  ['priorities: { web: .inf }', ['5:20: web is .inf; expected a number']],
  ['priorities: { ../x: 1 }', ['5:15: the role "../x" has the part "..", which is not allowed']],
  [
    'quotas: { web: { limit: { cpus: 1 } } }',
    ['5:18: there is no key limit here; did you mean limits?'],
  ],
  ['quotas: { web: { limits: { cpus: -1 } } }', ['5:34: cpus is -1; expected a number from 0']],
  [
    'quotas: { eng/ads: { limits: { cpus: 1 } } }',
    ['5:11: the role eng/ads lies below another; only roles at the top, such as eng, have quotas'],
  ],
  [
    'quotas: { nobody: { limits: { cpus: 1 } } }',
    ['5:11: no framework has the role nobody or one below it; the roles are eng, eng/ads, web'],
  ],
  [
    'quotas: { web: { guarantees: { cpus: 9 } } }',
    ['5:38: the guarantees of all roles come to 9 cpus, but the cluster has 6 cpus'],
  ],
  [
    'quotas: { web: { guarantees: { cpus: 3, mem: 9 }, limits: { cpus: 2, mem: 8 } } }',
    [
      '5:38: web is guaranteed 3 cpus, which is more than its limit of 2',
      '5:46: web is guaranteed 9 mem, which is more than its limit of 8',
    ],
  ],
  [
    'quotas: { web: { guarantees: { cpus(eng): 1 } } }',
    ['5:43: the guarantees of web name cpus(eng); quotas count plain names such as cpus'],
  ],
  [
    'quotas: { web: { guarantees: { cpus: 4 } }, eng: { guarantees: { cpus: 3 } } }',
    ['5:1: the guarantees of all roles come to 7 cpus, but the cluster has 6 cpus'],
  ],
  [
    'policy: prio',
    ['5:9: there is no policy prio; known are drf, priority, priority-preemptive, fair, random'],
  ],
  ['policy: randon', ['5:9: there is no policy randon; did you mean random?; known are']],
  [
    'policy: fair:memory',
    ['5:9: the policy fair:memory: there is no resource named memory; the agents have cpus, mem'],
  ],
  ['policy: fair:gpus', ['5:9: the policy fair:gpus: no agent has any gpus']],
  ['policy: 7', ['5:9: policy is 7; expected a text such as drf; put it in quotes']],
])('Job file: %s', (text, said) => {
  expect(problemsWith(text)).toEqual(said.map((part) => expect.stringContaining(part)))
})

test.each([
  ['role: a//b', ['1:26: the role "a//b" has a slash too many']],
  ['weight: 0', ['1:28: weight is 0; expected a number above 0']],
  ['priority: high', ['1:30: priority is "high"; expected a number']],
  ['minAllocatable: [{ cpus: x }]', ['1:45: cpus is "x"; expected a number from 0']],
  [
    'minAllocatable: { cpus: 1 }',
    ['1:36: minAllocatable is a map; expected a list of what is worth an offer'],
  ],
  [
    'minAllocatable: [{ gpus: 0.5 }]',
    ['1:20: framework f: minAllocatable: gpus is 0.5; gpus come as whole units'],
  ],
  [
    'offerConstraints: { g: [[{ attributeName: a, exists: true }]] }',
    ['1:20: framework f: there are offer constraints for the role g'],
  ],
  [
    'offerConstraints: { f: [[{ attributeName: a, exists: false }]] }',
    ['1:73: exists is false; expected true'],
  ],
  [
    'offerConstraints: { f: [[{ attributeName: a }]] }',
    [
      '1:20: framework f: the offer constraints of the role f: constraint 1 of group 1 has no predicate',
    ],
  ],
  [
    'offerConstraints: { f: [[{ attributeName: a, textMatches: "(" }]] }',
    ['1:20: framework f: offer constraints:'],
  ],
  [
    'offerConstraints: { f: [] }',
    ['1:43: f has 0 items; expected a list of groups of constraints, of which one must hold'],
  ],
])('Job file: a framework with %s', (text, said) => {
  const problems = problemsOf(`frameworks: { f: { ${text}, jobs: [{ command: x }] } }\n`)
  expect(problems).toEqual(said.map((part) => expect.stringContaining(part)))
})

test('Job file: a role has one priority and one weight, whoever gives them', () => {
  const problems = problemsOf(`
weights: { r: 2 }
frameworks:
  f: { role: r, priority: 1, jobs: [{ command: x }] }
  g: { role: r, priority: 2, weight: 2, jobs: [{ command: x }] }
  h: { role: r, weight: 3, priority: 2, jobs: [{ command: x }] }
`)
  expect(problems).toEqual([
    '5:27: the role r has priority 1 above and 2 here; expected one',
    '6:25: the role r has weight 2 above and 3 here; expected one',
  ])
})

test('Job file: a name and a role that cannot be are told each in its place', () => {
  const problems = problemsOf('frameworks: [{ name: a/b, role: c d, jobs: [{ command: x }] }]\n')
  expect(problems).toEqual([
    expect.stringContaining('1:14: the name of a framework "a/b" is not legal'),
    '1:33: the role "c d" has white space in it',
  ])
  expect(problemsOf('frameworks: [{ name: -f, role: eng, jobs: [{ command: x }] }]\n')).toEqual([])
})

test('Job file: reserved resources count for their role and those below it, and for no other', () => {
  expect(
    problemsOf(`${agents}
frameworks:
  ads: { role: eng/ads, jobs: { big: { command: x, cpus: 6 } } }
  web: { jobs: { big: { command: x, cpus: 6 } } }
`),
  ).toEqual(['5:43: big can never run: it needs 6 cpus, the largest agent has 4'])
})

test('Job file: a job that needs more than the limit of its role would wait for ever', () => {
  expect(
    problemsOf(`${agents}quotas: { eng: { limits: { cpus: 2 } } }
frameworks:
  ads: { role: eng/ads, jobs: { big: { command: x, cpus: 3, mem: 9 }, fit: { command: x, cpus: 2 } } }
`),
  ).toEqual(['4:58: big can never run: it needs 3 cpus, the limit of eng is 2'])
})
