import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { problemText } from '../../../src/cli/job-file/problems.ts'
import { readJobFile } from '../../../src/cli/job-file/read.ts'
import { jobFile } from '../harness.ts'

const agent = 'agents: [{ cpus: 2, mem: 100, ports: [8080], resources: { licenses: 3 } }]\n'

/** The problems of a text as `line:column: message`. */
function problemsOf(text: string, name?: string): string[] {
  const { folder, file } = jobFile(text, name)
  const { problems } = readJobFile(file)
  return problems.map((problem) =>
    problemText(problem).replace(`${file}:`, '').trim().replaceAll(folder, 'FOLDER'),
  )
}

test('Job file: everything it can say arrives in the words of the API', () => {
  const { folder, file } = jobFile(`
policy: fair
agents:
  - name: node
    count: 2
    cpus: 4
    mem: 512
    ports: [31000-31005, [8080, 8081], 9000]
    attributes: { rack: r1, level: 2, keys: [[1, 5], [8, 9]], disks: [sda, sdb] }
frameworks:
  - name: alpha
    role: eng
    weight: 2
    jobs:
      - name: web
        command: [node, server.js]
        cpus: 0.5
        ports: [31000]
        prefers: { agents: node-1, attributes: { rack: [r1, 2] } }
        preferWait: 2s
        count: 3
        env: { PORT: 31000, DEBUG: true }
        cwd: place
        killGrace: 500ms
        timeout: 2m
        retries: 1
        healthCheck: { http: { port: 31000, path: /up }, interval: 1, grace: 5s }
  - name: beta
    jobs:
      sum: { module: place/sum.js, input: [1, 2], mem: 64, ports: 2 }
`)
  mkdirSync(join(folder, 'place'))
  writeFileSync(join(folder, 'place', 'sum.js'), '')
  const ports = [
    [31000, 31005],
    [8080, 8081],
    [9000, 9000],
  ]
  const keys = [
    [1, 5],
    [8, 9],
  ]
  const attributes = { rack: 'r1', level: 2, keys, disks: ['sda', 'sdb'] }
  const web = {
    name: 'web',
    command: ['node', 'server.js'],
    cpus: 0.5,
    ports: [[31000, 31000]],
    env: { PORT: '31000', DEBUG: 'true' },
    cwd: join(folder, 'place'),
    killGraceMs: 500,
    maxTimeMs: 120_000,
    retries: 1,
    prefers: { agents: 'node-1', attributes: { rack: ['r1', 2] } },
    preferWaitMs: 2_000,
    healthCheck: {
      type: 'HTTP',
      http: { port: 31000, path: '/up' },
      intervalMs: 1_000,
      gracePeriodMs: 5_000,
    },
  }
  const module = pathToFileURL(join(folder, 'place', 'sum.js'))
  const sum = { module, input: [1, 2], options: { name: 'sum', mem: 64, ports: 2 } }
  expect(readJobFile(file)).toEqual({
    problems: [],
    plan: {
      file,
      sharing: { policy: 'fair' },
      agents: [
        { name: 'node-1', cpus: 4, mem: 512, ports, attributes },
        { name: 'node-2', cpus: 4, mem: 512, ports, attributes },
      ],
      frameworks: [
        { name: 'alpha', role: 'eng', weight: 2, jobs: [{ count: 3, command: web }] },
        { name: 'beta', jobs: [{ count: 1, module: sum }] },
      ],
    },
  })
})

test.each([
  ['empty', '', '1:1: the file is empty; expected frameworks or jobs'],
  ['only a remark', '# later\n', '1:1: the file is empty; expected frameworks or jobs'],
  ['a list', '- a\n', '1:1: the file is a list; expected a map with keys such as'],
  ['a word', 'hello\n', '1:1: the file is "hello"; expected a map with keys such as'],
  ['a tab', 'jobs:\n\t- command: a\n', '2:1: a tab stands where the line is indented'],
  ['two documents', 'jobs: []\n---\na: 1\n', '2:1: a second document begins'],
  ['half a map', 'jobs: {a: {\n', '2:1: this is not YAML: '],
  ['nothing to do', 'policy: fair\n', '1:1: the file has no work; expected frameworks or jobs'],
  [
    'a job without a name',
    "jobs: { '': { command: a } }\n",
    '1:9: the name of a job is empty; give',
  ],
  ['no jobs', 'jobs: []\n', '1:7: jobs has 0 items; expected a list of jobs'],
  ['no text', 'jobs: \0\n', 'this is no text; expected YAML or JSON'],
])('Job file: one that is %s', (_what, text, said) => {
  expect(problemsOf(text)[0]).toContain(said)
})

test('Job file: JSON is read with its tabs, and called by its name when it is broken', () => {
  expect(problemsOf('{\n\t"jobs": [{ "command": "a", "cpus": -1 }]\n}\n', 'jobs.json')).toEqual([
    '2:37: cpus is -1; expected a number from 0',
  ])
  expect(problemsOf('{"jobs": [{', 'jobs.json')[0]).toContain('this is not JSON')
})

test('Job file: a key that is given twice is told along with the other problems', () => {
  expect(problemsOf(`${agent}jobs:\n  a:\n    command: x\n    command: y\n    xyz: b\n`)).toEqual([
    '5:5: command is given twice; expected each key once',
    expect.stringContaining('6:5: there is no key xyz here; expected one of command, module'),
  ])
})

test.each([
  ['{ command: x, cpus: .nan }', 'cpus is .nan; expected a number from 0'],
  [
    '{ command: x, mem: 1e15 }',
    'mem is 1000000000000000; expected a number from 0 to 1000000000000',
  ],
  ['{ command: x, gpus: 1.5 }', 'gpus is 1.5; expected a whole number from 0'],
  ['{ command: x, cpus: }', 'cpus is empty; expected a number from 0'],
  ['{ command: x, cpus: "2" }', 'cpus is "2"; expected a number from 0'],
  ['{ command: x, cpus: 3 }', 'a can never run: it needs 3 cpus, the largest agent has 2'],
  ['{ command: x, gpus: 1 }', 'a can never run: no agent has any gpus'],
  ['{ command: x, resources: { licences: 1 } }', 'named licences; did you mean licenses?'],
  ['{ command: x, resources: { licenses: 4 } }', 'needs 4 licenses, the largest agent has 3'],
  ['{ command: x, ports: [9000] }', 'a can never run: it needs ports 9000-9000'],
  ['{ command: x, ports: [9-5] }', 'the smaller first'],
  [
    '{ command: x, ports: [70000] }',
    'item 1 of ports is 70000; expected a whole number from 0 to 65535',
  ],
  ['{ command: x, ports: 2 }', 'a can never run: it needs 2 ports, the largest agent has 1'],
  ['{ command: x, ports: -1 }', 'ports is -1; expected a whole number from 0 to 65536 or a list'],
  ['{ command: x, ports: many }', 'ports is "many"; expected a whole number from 0 to 65536 or a'],
  ['{ command: x, prefers: {} }', 'prefers is empty; expected agents or attributes'],
  ['{ command: x, prefers: { rack: r1 } }', 'no key rack here; expected one of agents, attributes'],
  [
    '{ command: x, prefers: { agents: [agent-1, agent-2] } }',
    'there is no agent agent-2; did you mean agent-1?',
  ],
  ['{ command: x, prefers: { agents: [] } }', 'agents has 0 items; expected a list of names'],
  ['{ command: x, prefers: { attributes: {} } }', 'attributes is empty; expected'],
  [
    '{ command: x, prefers: { attributes: { rack: [] } } }',
    'rack has 0 items; expected a list of at least one',
  ],
  ['{ command: x, preferWait: 5s }', 'preferWait says how long; expected prefers beside it'],
  ['{ command: x, cpus: 0 }', 'a asks for no resources at all'],
  ['{ command: x, count: 0 }', 'count is 0; expected a whole number from 1 to 100000'],
  ['{ command: x, count: 1e9 }', 'count is 1000000000; expected a whole number from 1 to 100000'],
  ['{ command: x, retries: -1 }', 'retries is -1; expected a whole number from 0'],
  [
    '{ command: x, timeout: 5x }',
    'timeout is "5x"; expected a text such as 30s or a number of seconds',
  ],
  ['{ command: x, killGrace: -1 }', 'killGrace is -1; expected a text such as 30s or a number of'],
  ['{ command: x, env: [a] }', 'env is a list; expected a map'],
  ['{ command: x, env: { "A=B": 1 } }', '"A=B" is no name of a variable'],
  ['{ command: x, cwd: none }', 'there is no folder FOLDER/none; expected one to run in'],
  ['{ command: x, input: 1 }', 'input is for modules'],
  ['{ command: x, healthCheck: {} }', 'the health check has none of command, http and tcp'],
  ['{ command: x, healthCheck: { command: y, tcp: { port: 1 } } }', 'has more than one of command'],
  [
    '{ command: x, healthCheck: { http: { port: 1, path: up } } }',
    'a path that begins with a slash',
  ],
  ['{ command: true }', 'command is true; expected a text such as "make test" or a list of the'],
  ['{ command: "  " }', 'the command is empty'],
  ['{ command: [""] }', 'the command names no program'],
  ['{ command: x, module: y }', 'a has a command and a module; expected one of them'],
  ['{ cpus: 1 }', 'a has nothing to run; expected a command or a module'],
  ['{ module: none.js }', 'there is no file FOLDER/none.js; expected a JavaScript module'],
  ['', 'a is empty; expected a map with keys such as command, module, input'],
])('Job file: the job %s', (job, said) => {
  const problems = problemsOf(`${agent}jobs:\n  a: ${job}\n`)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(said)
  expect(problems[0]).toMatch(/^3:\d+: /)
})

test.each([
  [
    'agents: [{ cpus: -1 }]\njobs: [{ command: x }]',
    ['1:18: cpus is -1; expected a number from 0'],
  ],
  [
    'agents: []\njobs: [{ command: x }]',
    ['1:9: agents has 0 items; expected a list of at least one'],
  ],
  ['agents: [{ cpus: 0 }]\njobs: [{ command: x }]', ['1:10: agent agent-1 has no resources']],
  [
    'agents: [{ name: a, cpus: 1 }, { name: a, cpus: 1 }]\njobs: [{ command: x }]',
    ['1:40: two agents are named a; names must differ'],
  ],
  [
    'agents: [{ name: a/b, cpus: 1 }]\njobs: [{ command: x }]',
    ['1:10: the name of an agent "a/b"'],
  ],
  [
    'agents: [{ cpus: 1, attributes: { a: true, b: [1, 5], c: [] } }]\njobs: [{ command: x }]',
    [
      '1:38: a is true; expected a text or a number or a list of ranges such as [[1, 5], [8, 9]] or a list of names; put it in quotes',
      '1:47: b is a list; expected a text or a number or a list of ranges',
      '1:58: c is a list; expected a text or a number or a list of ranges',
    ],
  ],
  [
    'agents: [{ cpus: 1, attributes: { keys: [[5, 1]] } }]\njobs: [{ command: x }]',
    ['1:10: agent agent-1: the attribute keys has the range [5, 1]; give whole numbers'],
  ],
  ['policy: fiar\njobs: [{ command: x }]', ['1:9: there is no policy fiar; did you mean fair?']],
  ['jobs: { a/b: { command: x } }', ['1:9: the name of a job "a/b" is not legal']],
  [
    'jobs: [{ name: a, command: x }, { name: a, command: x }]',
    ['1:41: two jobs are named a; names must differ'],
  ],
  [
    'frameworks: { f: { weight: 0, jobs: [{ command: x }] } }\njobs: [{}]',
    [
      '1:28: weight is 0; expected a number above 0',
      '2:1: jobs stand beside frameworks',
      '2:8: job has nothing to run',
    ],
  ],
  [
    'frameworks: [{ name: f, jobs: [{ command: x }] }, { name: f, jobs: [{ command: x }] }]',
    ['1:59: two frameworks are named f; names must differ'],
  ],
  [
    'frameworks: { f: { role: r, weight: 1, jobs: [{ command: x }] }, g: { role: r, weight: 2, jobs: [{ command: x }] } }',
    ['1:88: the role r has weight 1 above and 2 here; expected one'],
  ],
  ['frameworks: [{ jobs: [{ command: x }] }]', ['1:14: name is missing; expected a text']],
  ['frameworks: { f: { role: "-x", jobs: [{ command: x }] } }', ['1:26: the role "-x" has a part']],
])('Job file: %s', (text, said) => {
  expect(problemsOf(`${text}\n`)).toEqual(said.map((part) => expect.stringContaining(part)))
})

test('Job file: one that is not there, or is a folder, is named with what was meant', () => {
  const { folder } = jobFile('jobs: []\n', 'nightly.yaml')
  mkdirSync(join(folder, 'folder'))
  const cases: [string, string][] = [
    [join(folder, 'nihgtly.yaml'), 'there is no such file; did you mean nightly.yaml?'],
    [join(folder, 'no', 'a.yaml'), `there is no such file; there is no folder ${folder}/no either`],
    [join(folder, 'folder'), 'this is a folder; expected a job file in YAML or JSON'],
  ]
  for (const [file, message] of cases) {
    expect(readJobFile(file).problems).toEqual([{ file, message }])
  }
})
