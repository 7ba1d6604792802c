import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { mesostate } from '../cli/harness.ts'

const execute = promisify(execFile)
const folder = fileURLToPath(new URL('../../examples/', import.meta.url))

/** What each program says when it is well. */
const programs: Readonly<Record<string, readonly string[]>> = {
  'bin-packing.mjs': ['drf: ', 'bin-packing: 3 of 6 agents stay wholly free'],
  'embed.mjs': ['job-1 TASK_FINISHED', 'squares: 1 4 9 16 25 36 49 64', 'Genoa, Tunis, Valletta'],
  'http-executor.mjs': ['3: TASK_FINISHED 9', 'five: TASK_FAILED a task is a number'],
  'http-scheduler.mjs': ['subscribed', 'greet-c TASK_FINISHED', 'all have been greeted'],
  'own-scheduler.mjs': ['declines <0.1 cpus, 64 MB> of tiny', 'all replicas have run'],
  'inspect.mjs': ['scheduler/jobs: ', 'registering → registered'],
}
/** How many tasks each job file runs. */
const jobFiles: Readonly<Record<string, number>> = {
  'ports.yaml': 7,
  'quotas.yaml': 11,
  'retries.yaml': 2,
  'simple.yaml': 5,
  'two-tenants.yaml': 16,
}

describe('Examples', () => {
  test('all of them are known here, so that each one is run', () => {
    expect(existsSync(folder)).toBe(true)
    const found = readdirSync(folder).filter((name) => /\.(?:mjs|ya?ml)$/.test(name))
    expect(found.sort()).toEqual([...Object.keys(programs), ...Object.keys(jobFiles)].sort())
  })

  test.concurrent.each(Object.entries(programs))(
    '%s ends by itself and says what it should',
    async (name, said) => {
      const options = { cwd: folder, timeout: 20_000 }
      const { stdout, stderr } = await execute(process.execPath, [name], options)
      expect(stderr).toBe('')
      for (const text of said) expect(stdout).toContain(text)
    },
  )

  test.concurrent.each(Object.entries(jobFiles))(
    '%s runs %i tasks, and all finish',
    async (name, count) => {
      const { exitCode, stdout } = await mesostate(['run', `${folder}${name}`, '--json'])
      const { tasks } = JSON.parse(stdout)
      expect({ exitCode, count: tasks.length }).toEqual({ exitCode: 0, count })
    },
  )
})
