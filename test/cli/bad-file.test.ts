import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jobFile, mesostate } from './harness.ts'

test.concurrent('Run: a bad file is answered with every problem and its place, and nothing is started', async () => {
  const { folder, file } = jobFile(
    [
      'agents:',
      '  - cpus: 2',
      '    men: 2048',
      'jobs:',
      '  - name: good',
      '    command: touch started',
      '    cwd: .',
      '  - name: bad',
      '    comand: echo',
      '    cpus: .inf',
      '',
    ].join('\n'),
  )
  const { exitCode, stdout, stderr } = await mesostate(['run', file])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr.replaceAll(file, 'FILE').split('\n')).toEqual([
    'FILE:3:5: there is no key men here; did you mean mem?',
    'FILE:9:5: there is no key comand here; did you mean command?',
    'FILE:10:11: cpus is .inf; expected a number from 0',
    '',
  ])
  expect(existsSync(join(folder, 'started'))).toBe(false)
})

test.concurrent('Run --json: a bad file gives a document with its problems', async () => {
  const { file } = jobFile('jobs: [{ cpus: 1 }]\n')
  const { exitCode, stdout } = await mesostate(['run', file, '--json'])
  expect(exitCode).toBe(2)
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    exitCode: 2,
    problems: [{ file, line: 1, column: 8, message: expect.stringContaining('nothing to run') }],
  })
})
