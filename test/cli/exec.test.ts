import { createHash } from 'node:crypto'
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isLong } from '../support/long.ts'
import { mesostate, start, temporaryFolder } from './harness.ts'

/** More than any buffer on the way holds. */
const megabytes = isLong ? 64 : 16

test.concurrent('Exec: output goes to the same streams, and the exit code is passed on', async () => {
  const script = 'echo out; echo err >&2; exit 7'
  const ended = await mesostate(['exec', '--cpus', '1', '--mem', '64', '--', 'sh', '-c', script])
  expect(ended).toEqual({ exitCode: 7, signal: null, stdout: 'out\n', stderr: 'err\n' })
})

test.concurrent('Exec: it runs right here by default, and elsewhere on request', async () => {
  const [here, there] = [temporaryFolder(), temporaryFolder()]
  const first = await mesostate(['exec', 'pwd'], { cwd: here })
  const second = await mesostate(['exec', '--cwd', there, 'pwd'], { cwd: here })
  expect(first.stdout).toBe(`${realpathSync(here)}\n`)
  expect(second.stdout).toBe(`${realpathSync(there)}\n`)
})

test.concurrent('Exec: exit codes are those a shell would give', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'text'), 'no program\n')
  const cases: [string[], number, string][] = [
    [['sh', '-c', 'kill -9 $$'], 137, ''],
    [['no-such-program'], 127, 'was not found'],
    [[join(folder, 'text')], 126, 'may not be executed'],
    [[''], 2, 'the command names no program'],
    [['--timeout', '100ms', 'sleep', '60'], 124, '100 ms'],
    [['--cwd', join(folder, 'none'), 'true'], 125, 'does not exist'],
    [['--cpus', '4000', 'true'], 2, 'can never run'],
    [['--mem', 'lots', 'true'], 2, 'expected a number from 0'],
    [['--ports', '1.5', 'true'], 2, 'expected a whole number from 0'],
    [['--ports', '2000', 'true'], 2, 'it needs 2000 ports, the largest agent has 1001'],
  ]
  for (const [args, exitCode, said] of cases) {
    const ended = await mesostate(['exec', ...args])
    expect({ args, exitCode: ended.exitCode }).toEqual({ args, exitCode })
    expect(ended.stderr).toContain(said)
  }
})

test.concurrent('Exec: ports by number are found in the environment', async () => {
  const script = 'echo $PORT0 $PORT1 $PORTS'
  const { stdout } = await mesostate(['exec', '--ports', '2', '--', 'sh', '-c', script])
  expect(stdout).toBe('31000 31001 31000,31001\n')
})

test.concurrent('Exec: options of the command are its own', async () => {
  const { stdout } = await mesostate(['exec', 'echo', '--help', '--cpus', '3'])
  expect(stdout).toBe('--help --cpus 3\n')
})

test.concurrent(`Exec: ${megabytes} MB of bytes that are no text arrive as they were`, async () => {
  const bytes = megabytes * 2 ** 20
  const script = `
    const chunk = Buffer.from(Array.from({ length: 256 }, (_, i) => 255 - i)).toString('latin1').repeat(4096)
    for (let i = 0; i < ${bytes / 2 ** 20}; i++) require('fs').writeSync(1, Buffer.from(chunk, 'latin1'))
  `
  const { child, ended } = start(['exec', '--', process.execPath, '-e', script])
  const hash = createHash('sha256')
  let count = 0
  child.stdout?.on('data', (chunk: Buffer) => {
    hash.update(chunk)
    count += chunk.length
  })
  expect((await ended).exitCode).toBe(0)
  expect(count).toBe(bytes)
  const row = Buffer.from(Array.from({ length: 256 }, (_, index) => 255 - index))
  const expected = createHash('sha256')
  for (let part = 0; part < bytes / row.length / 4096; part++)
    expected.update(Buffer.alloc(2 ** 20, row))
  expect(hash.digest('hex')).toBe(expected.digest('hex'))
})

test.concurrent('Exec: output is there while the command still runs', async () => {
  const folder = temporaryFolder()
  const script = 'echo first; while [ ! -e go ]; do sleep 0.02; done; echo last'
  const { child, ended } = start(['exec', 'sh', '-c', script], { cwd: folder })
  const first = await new Promise<string>((resolve) => {
    child.stdout?.once('data', (bytes: Buffer) => resolve(bytes.toString()))
  })
  expect(first).toBe('first\n')
  writeFileSync(join(folder, 'go'), '')
  expect(await ended).toMatchObject({ exitCode: 0, stdout: 'first\nlast\n' })
})

test.concurrent('Exec: the sandbox is gone afterwards, unless it is asked for', async () => {
  const kept = join(temporaryFolder(), 'kept')
  const asked = ['sh', '-c', 'echo $MESOSTATE_SANDBOX; exit 3']
  const [gone, stays] = await Promise.all([
    mesostate(['exec', ...asked]),
    mesostate(['exec', '--sandbox', kept, ...asked]),
  ])
  expect(() => readFileSync(join(gone.stdout.trim(), 'stdout'))).toThrow('ENOENT')
  expect(readFileSync(join(kept, 'exec-1', 'exit-status'), 'utf8')).toBe('3\n')
  expect(stays.stdout.trim()).toBe(join(kept, 'exec-1'))
})

test.concurrent('Exec: a reader that leaves ends the command', async () => {
  const { child, ended } = start(['exec', '--', 'yes'])
  await new Promise((resolve) => child.stdout?.once('data', resolve))
  child.stdout?.destroy()
  expect((await ended).exitCode).toBe(141)
})
