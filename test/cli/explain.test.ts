import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jobFile, mesostate, refusal } from './harness.ts'

const file = `
policy: priority
quotas: { eng: { guarantees: { cpus: 2 }, limits: { cpus: 4 } } }
weights: { eng/ads: 3 }
agents: [{ name: node, count: 6, cpus: 1, mem: 512 }]
frameworks:
  ads: { role: eng/ads, jobs: { train: { command: touch started, cwd: ., cpus: 1, count: 4 } } }
  search: { role: eng/search, jobs: { index: { command: touch started, cwd: ., cpus: 1, count: 3 } } }
  ops: { priority: 1, jobs: { backup: { module: backup.mjs, cpus: 1 } } }
`
const module = "import { writeFileSync } from 'node:fs'\nwriteFileSync('started', '')\n"

function quotas(): { folder: string; file: string } {
  const made = jobFile(file)
  writeFileSync(join(made.folder, 'backup.mjs'), module)
  return made
}

test.concurrent('Explain: who has which part, what starts where, and why the others wait', async () => {
  const { folder, file } = quotas()
  const { exitCode, stdout, stderr } = await mesostate(['explain', file], { cwd: folder })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  const lines = stdout.replaceAll(/(?:node-\d(?:, )?)+/g, 'NODES').split('\n')
  expect(lines).toEqual([
    'policy priority, 6 agents with <6 cpus, 3072 MB>',
    '',
    'role        framework  weight  priority  dominant  share  quota',
    'eng                         1         0  cpus       0.67  2 to 4 cpus',
    'eng/ads     ads             3         0  cpus       0.50',
    'eng/search  search          1         0  cpus       0.17',
    'ops         ops             1         1  cpus       0.17',
    '',
    ' starts  job           each     where',
    ' 3 of 4  ads/train     <1 cpu>  NODES',
    ' 1 of 3  search/index  <1 cpu>  NODES',
    '      1  ops/backup    <1 cpu>  NODES',
    '',
    '  waits  job           why',
    '      1  ads/train     the quota of eng is used up: 4 of 4 cpus taken',
    '      2  search/index  the quota of eng is used up: 4 of 4 cpus taken',
    '',
  ])
  expect(existsSync(join(folder, 'started'))).toBe(false)
})

test.concurrent('Explain: asked for a job, it begins with the answer', async () => {
  const { file } = quotas()
  const [byName, byTask, done, strange] = await Promise.all(
    ['search/index', 'train-2', 'backup', 'idex'].map((job) => mesostate(['explain', file, job])),
  )
  expect(byName?.stdout).toMatch(
    /^search\/index: 1 of 3 tasks starts at once, 2 wait: the quota of eng is used up: /,
  )
  expect(byTask?.stdout).toMatch(/^ads\/train: 3 of 4 tasks start at once, 1 waits: the quota /)
  expect(done?.stdout).toMatch(/^ops\/backup starts at once\n/)
  expect(done?.stdout).not.toContain('eng')
  expect(strange).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: 'mesostate: there is no job idex; did you mean index?\n',
  })
})

test.concurrent('Explain --json: one document, with the words of the API', async () => {
  const { file } = quotas()
  const args = [
    'explain',
    file,
    '--json',
    '--policy',
    'fair:mem',
    '--agents',
    '2x',
    'cpus:2,mem:64',
  ]
  const { exitCode, stdout, stderr } = await mesostate([...args, 'index'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(JSON.parse(stdout)).toEqual({
    file,
    policy: 'fair:mem',
    agents: [
      expect.objectContaining({ name: 'agent-1', total: { cpus: 2, mem: 64 } }),
      expect.objectContaining({ name: 'agent-2' }),
    ],
    roles: expect.arrayContaining([
      expect.objectContaining({
        role: 'eng',
        quota: { guarantees: { cpus: 2 }, limits: { cpus: 4 } },
      }),
      expect.objectContaining({ role: 'ops', priority: 1, weight: 1 }),
    ]),
    frameworks: expect.arrayContaining([
      expect.objectContaining({ framework: 'search', role: 'eng/search' }),
    ]),
    jobs: [
      {
        framework: 'search',
        role: 'eng/search',
        job: 'index',
        count: 3,
        resources: { cpus: 1 },
        starting: expect.any(Number),
        places: expect.any(Array),
        waiting: expect.any(Number),
        why: expect.stringContaining('second in line behind ads'),
      },
    ],
  })
})

test.concurrent('Explain: a bad file is answered as run answers it', async () => {
  const { file } = jobFile('policy: dfr\njobs: [{ comand: x }]\n')
  const { exitCode, stdout, stderr } = await mesostate(['explain', file])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr.replaceAll(file, 'FILE').split('\n')).toEqual([
    expect.stringContaining('FILE:1:9: there is no policy dfr; did you mean drf?'),
    'FILE:2:10: there is no key comand here; did you mean command?',
    '',
  ])
})

test.concurrent('Explain and run: bad words on the command line are usage errors', async () => {
  const { file } = quotas()
  const cases: [string[], string][] = [
    [['explain'], 'which file? expected: mesostate explain FILE.yaml [JOB]'],
    [['explain', file, '--policy', 'prioritty'], 'did you mean priority?'],
    [['explain', file, '--policy', 'fair:gpus'], 'the policy fair:gpus: no agent has any gpus'],
    [['run', file, '--policy', 'fair:men'], 'there is no resource named men; did you mean mem?'],
    [['explain', file, '--agents', 'train'], '--agents needs a description before train'],
  ]
  for (const [args, said] of cases) expect(await refusal(args)).toContain(said)
  const tooSmall = await mesostate(['explain', file, '--agents', 'cpus:0.5'])
  expect(tooSmall).toMatchObject({ exitCode: 2, stdout: '' })
  expect(tooSmall.stderr).toContain('train can never run: it needs 1 cpu')
})
