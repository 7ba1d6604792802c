import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { mesostate } from './harness.ts'

const lostLaunch = fileURLToPath(new URL('../regressions/lost-launch.scenario', import.meta.url))
/** A folder of its own for each test file, removed at the end of all tests. */
const fileOf = (name: string): string => join(process.env.TMPDIR ?? '', name)

test.concurrent('Scenario: one that goes as it was recorded is printed', async () => {
  const { exitCode, stdout } = await mesostate(['simulate', lostLaunch])
  expect(stdout).toBe(`${readFileSync(lostLaunch, 'utf8')}\nas it was recorded\n`)
  expect(exitCode).toBe(0)
})

test.concurrent('Scenario: another outcome is printed as it was and as it is, and recorded on demand', async () => {
  const file = fileOf('other.scenario')
  writeFileSync(file, readFileSync(lostLaunch, 'utf8').replaceAll('DROPPED', 'FINISHED'))
  const { exitCode, stdout } = await mesostate(['simulate', file])
  expect(exitCode).toBe(1)
  expect(stdout).toContain(`${file}:`)
  expect(stdout).toMatch(/^- .*update t1 FINISHED/m)
  expect(stdout).toMatch(/^\+ .*update t1 DROPPED/m)
  expect((await mesostate(['simulate', file, '--update'])).stdout).toBe(
    `${file} was recorded anew\n`,
  )
  expect(readFileSync(file, 'utf8')).toBe(readFileSync(lostLaunch, 'utf8'))
})

test.concurrent('Scenario: what cannot be played says why, with exit code 2', async () => {
  const file = fileOf('bad.scenario')
  writeFileSync(file, '> agent a1\n> dance\n')
  const [bad, missing, nothing] = await Promise.all([
    mesostate(['simulate', file]),
    mesostate(['simulate', fileOf('missing.scenario')]),
    mesostate(['simulate', '--update']),
  ])
  expect(bad.stderr).toContain('line 2, dance: there is no command dance')
  expect(missing.stderr).toContain('cannot be read')
  expect(nothing.stderr).toContain('--update records a scenario; give its file')
  expect([bad, missing, nothing].map(({ exitCode }) => exitCode)).toEqual([2, 2, 2])
})
