import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jobFile, mesostate, refusal, start } from './harness.ts'

const twoCpus = 'agents: [{ cpus: 2, mem: 512 }]\n'

test.concurrent('Run: all tasks finish, so it tells each state in plain lines and exits 0', async () => {
  const { folder, file } = jobFile(
    `${twoCpus}jobs:\n  hello: { command: echo "$WHO" > greeting, cwd: ., env: { WHO: you } }\n`,
  )
  const { exitCode, stdout, stderr } = await mesostate(['run', file])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toMatch(/jobs\/hello-1 RUNNING\n/)
  expect(stdout).toMatch(/jobs\/hello-1 FINISHED after /)
  expect(stdout).toMatch(/\n1 finished in /)
  expect(stdout).not.toContain('\u001b')
  expect(readFileSync(join(folder, 'greeting'), 'utf8')).toBe('you\n')
})

test.concurrent('Run: a task fails, so it shows the last words of the task and exits 1', async () => {
  const { file } = jobFile(
    `${twoCpus}jobs:\n  good: { command: 'true' }\n  bad: { command: 'echo woe >&2; exit 3' }\n`,
  )
  const { exitCode, stdout } = await mesostate(['run', file])
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(/jobs\/bad-1 FAILED: exited with code 3\n {2}│ woe\n/)
  expect(stdout).toContain('1 finished, 1 not finished')
})

test.concurrent('Run: a job is tried again after it failed, and the run is good in the end', async () => {
  const { file } = jobFile(
    `${twoCpus}jobs:\n  flaky: { retries: 1, command: 'case $MESOSTATE_TASK_ID in *.2) ;; *) exit 1; esac' }\n`,
  )
  const { exitCode, stdout } = await mesostate(['run', file])
  expect(stdout).toContain('jobs/flaky-1 is tried again')
  expect(exitCode).toBe(0)
})

test.concurrent('Run: a command that does not exist and a task over its time are failures with a reason', async () => {
  const { file } = jobFile(
    `${twoCpus}jobs:\n  none: { command: [no-such-program] }\n  slow: { command: sleep 60, timeout: 100ms }\n`,
  )
  const { exitCode, stdout } = await mesostate(['run', file])
  expect(exitCode).toBe(1)
  expect(stdout).toContain('command `no-such-program` was not found')
  expect(stdout).toMatch(/jobs\/slow-1 FAILED.*100 ms/)
})

test.concurrent('Run: modules return results, and one without a default export fails and says so', async () => {
  const { folder, file } = jobFile(
    `${twoCpus}jobs:\n  sum: { module: sum.mjs, input: [1, 2] }\n  bad: { module: bad.mjs }\n`,
  )
  writeFileSync(join(folder, 'sum.mjs'), 'export default ([a, b]) => ({ sum: a + b })\n')
  writeFileSync(join(folder, 'bad.mjs'), 'export const run = 1\n')
  const { exitCode, stdout } = await mesostate(['run', file, '--json'])
  const { tasks } = JSON.parse(stdout)
  expect(exitCode).toBe(1)
  expect(tasks).toMatchObject([
    { id: 'sum-1', state: 'TASK_FINISHED', result: { sum: 3 } },
    { id: 'bad-1', state: 'TASK_FAILED', message: expect.stringContaining('default export') },
  ])
})

test.concurrent('Run --json: one document about everything, and nothing else on stdout', async () => {
  const { file } = jobFile(
    [
      'agents: [{ name: big, cpus: 4, mem: 4096 }]',
      'frameworks:',
      '  alpha: { weight: 2, jobs: { say: { command: echo words, cpus: 1, mem: 64, count: 2 } } }',
      '  beta: { role: eng, jobs: [{ name: fail, command: exit 5 }] }',
    ].join('\n'),
  )
  const { exitCode, stdout, stderr } = await mesostate(['run', file, '--json', '--messages'])
  const document = JSON.parse(stdout)
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
  expect(document).toMatchObject({
    ok: false,
    exitCode: 1,
    policy: 'drf',
    agents: [{ name: 'big', resources: { cpus: 4, mem: 4096 } }],
    frameworks: [
      {
        name: 'alpha',
        role: 'alpha',
        weight: 2,
        dominantResource: 'cpus',
        peakShare: expect.any(Number),
        tasks: { TASK_FINISHED: 2 },
      },
      { name: 'beta', role: 'eng', weight: 1, tasks: { TASK_FAILED: 1 } },
    ],
    tasks: [
      { id: 'say-1', framework: 'alpha', state: 'TASK_FINISHED', exitCode: 0, attempts: 1 },
      { id: 'say-2', resources: { cpus: 1, mem: 64 }, agent: 'big' },
      { id: 'fail-1', framework: 'beta', exitCode: 5, resources: { cpus: 1 } },
    ],
    messages: { 'lifecycle.register': expect.any(Number), 'task.update': expect.any(Number) },
  })
  const [first] = document.tasks
  expect(first.endedAtMs).toBeGreaterThanOrEqual(first.startedAtMs)
  expect(readFileSync(join(first.sandbox, 'stdout'), 'utf8')).toBe('words\n')
})

test.concurrent('Run --messages: what schedulers and master say stands between the states', async () => {
  const { file } = jobFile(`${twoCpus}jobs: [{ name: one, command: 'true' }]\n`)
  const { stdout } = await mesostate(['run', file, '--messages'])
  expect(stdout).toMatch(/allocation {2}master → jobs +offer O0 <2 cpus, 512 MB> of agent-1\n/)
  expect(stdout).toMatch(/task {8}jobs → master +launch one-1 <1 cpu> on O0\n/)
})

test.concurrent('Run: jobs that cannot start say why, once, and Ctrl-C ends the wait', async () => {
  const { file } = jobFile(
    [
      'agents: [{ name: node, cpus: 2, mem: 512 }]',
      'frameworks:',
      '  picky:',
      '    offerConstraints: { picky: [[{ attributeName: rack, exists: true }]] }',
      "    jobs: { train: { command: 'true', count: 3 } }",
    ].join('\n'),
  )
  const { child, ended } = start(['run', file])
  const said = new Promise<void>((resolve) => {
    child.stdout?.on('data', (bytes: Buffer) => {
      if (bytes.includes(' wait: ')) resolve()
    })
  })
  await said
  child.kill('SIGINT')
  const { exitCode, stdout } = await ended
  expect(exitCode).toBe(130)
  expect(stdout.match(/.*wait.*/g)).toEqual([
    expect.stringMatching(
      / \d\.\d\d s {2}picky\/train-1 and 2 more wait: no agent with room for it meets its framework's constraints/,
    ),
  ])
})

test.concurrent('Run --agents: they stand in for those of the file, in front of it and after it', async () => {
  const { file } = jobFile(`${twoCpus}jobs: [{ command: 'true', cpus: 3 }]\n`)
  const before = await mesostate(['run', '--json', '--agents', '2x cpus:3,mem:64', 'cpus:1', file])
  const after = await mesostate(['run', file, '--json', '--agents', 'cpus:3,ports:31000-31005'])
  const agentsOf = ({ stdout }: { stdout: string }) => JSON.parse(stdout).agents.length
  expect([before.exitCode, agentsOf(before)]).toEqual([0, 3])
  expect([after.exitCode, agentsOf(after)]).toEqual([0, 1])
})

test.concurrent('Run: bad words on the command line are usage errors, and nothing is started', async () => {
  const { folder, file } = jobFile(`${twoCpus}jobs: [{ command: touch started, cwd: . }]\n`)
  const cases: [string[], string][] = [
    [['run', file, '--jsn'], 'Did you mean --json?'],
    [['rnu', file], 'Did you mean run?'],
  ]
  const refused: [string[], string][] = [
    [['run'], 'which file?'],
    [['run', file, '--policy', 'fairr'], 'there is no policy fairr; did you mean fair?'],
    [['run', file, '--agents', 'cpu:4'], 'there is no resource cpu in cpu:4; did you mean cpus?'],
  ]
  for (const [args, said] of refused) expect(await refusal(args)).toContain(said)
  await Promise.all(
    cases.map(async ([args, said]) => {
      const { exitCode, stdout, stderr } = await mesostate(args)
      expect({ args, exitCode, stdout }).toEqual({ args, exitCode: 2, stdout: '' })
      expect(stderr).toContain(said)
    }),
  )
  expect(existsSync(join(folder, 'started'))).toBe(false)
})

test.concurrent('Version and help are answers, not errors', async () => {
  const [version, help] = await Promise.all([
    mesostate(['--version']),
    mesostate(['run', '--help']),
  ])
  expect(version).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  expect(help).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('--policy <name>') })
})
