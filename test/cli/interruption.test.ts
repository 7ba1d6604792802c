import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isAlive, jobFile, lineIn, linuxOnly, start, temporaryFolder, until } from './harness.ts'

const agent = 'agents: [{ cpus: 2, mem: 512 }]\n'
/** A process in a session of its own, whose parent has gone: no group and no parent leads to it. */
const runaway = `(setsid sh -c 'echo $$ > runaway; sleep 100; :' &)`

test.concurrent(
  ...linuxOnly('Run: Ctrl-C ends the tasks gracefully, runaways too, and exits 130'),
  async () => {
    const { folder, file } = jobFile(
      `${agent}jobs:\n  tidy: { cwd: ., command: "${runaway}; trap 'echo bye > bye; exit 0' TERM; sleep 100 & wait" }\n  late: { command: 'true', cpus: 2 }\n`,
    )
    const { child, ended } = start(['run', file])
    const pid = Number(await lineIn(join(folder, 'runaway')))
    child.kill('SIGINT')
    const { exitCode, stdout } = await ended
    expect(exitCode).toBe(130)
    expect(stdout).toContain('SIGINT: the tasks are asked to end')
    expect(await lineIn(join(folder, 'bye'))).toBe('bye')
    expect(stdout).toMatch(/jobs\/late-1 KILLED: .*before it was launched/)
    await until('the runaway is dead', () => !isAlive(pid))
  },
)

test.concurrent(...linuxOnly('Run: a second Ctrl-C forces what ignores the first'), async () => {
  const { folder, file } = jobFile(
    `${agent}jobs:\n  deaf: { cwd: ., killGrace: 60s, command: 'trap "" TERM; echo $$ > deaf; while :; do sleep 0.05; done' }\n`,
  )
  const { child, ended } = start(['run', file, '--json'])
  const pid = Number(await lineIn(join(folder, 'deaf')))
  child.kill('SIGINT')
  child.kill('SIGTERM')
  const { exitCode, stdout } = await ended
  // Two signals of different kinds may be delivered in either order.
  expect([130, 143]).toContain(exitCode)
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, tasks: [{ state: 'TASK_KILLED' }] })
  await until('the task is dead', () => !isAlive(pid))
})

test.concurrent(...linuxOnly('Run: SIGTERM ends it like Ctrl-C, with exit code 143'), async () => {
  const { folder, file } = jobFile(
    `${agent}jobs:\n  long: { cwd: ., command: 'echo $$ > long; sleep 100; :' }\n`,
  )
  const { child, ended } = start(['run', file, '--json'])
  const pid = Number(await lineIn(join(folder, 'long')))
  child.kill('SIGTERM')
  const { exitCode, stdout } = await ended
  expect(exitCode).toBe(143)
  expect(JSON.parse(stdout)).toMatchObject({ signal: 'SIGTERM', exitCode: 143 })
  await until('the task is dead', () => !isAlive(pid))
})

test.concurrent(
  ...linuxOnly('Exec: Ctrl-C ends the command and its runaways, and exits 130'),
  async () => {
    const cwd = temporaryFolder()
    const { child, ended } = start(['exec', '--', 'sh', '-c', `${runaway}; sleep 100; :`], { cwd })
    const pid = Number(await lineIn(join(cwd, 'runaway')))
    child.kill('SIGINT')
    expect((await ended).exitCode).toBe(130)
    await until('the runaway is dead', () => !isAlive(pid))
  },
)
