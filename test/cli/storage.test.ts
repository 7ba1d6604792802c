import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Started } from './harness.ts'
import { isAlive, linuxOnly, mesostate, start, temporaryFolder } from './harness.ts'
import { offers, said, startAgent, startMaster } from './programs.ts'

/** Each test starts several programs one after the other, and others run beside them. */
vi.setConfig({ testTimeout: 60_000 })

/** Two of them fit on an agent. */
const small = ['--cpus', '0.2', '--mem', '16']

/** A task that runs until a file is there, and ends with code 7. */
async function longTask(where: readonly string[]) {
  const folder = temporaryFolder()
  const go = join(folder, 'go')
  // It ends with the folder, too: a test that fails leaves nothing behind.
  const script = `echo $$; while [ -d ${folder} ] && [ ! -e ${go} ]; do sleep 0.05; done; exit 7`
  const run = start(['exec', ...where, ...small, '--', 'sh', '-c', script])
  const [, pid = ''] = await said(run, /^(\d+)\n/)
  return { pid: Number(pid), ended: run.ended, finish: () => writeFileSync(go, '') }
}

async function killed({ child, ended }: Started): Promise<void> {
  child.kill('SIGKILL')
  await ended
}

async function left({ child, ended }: Started): Promise<void> {
  child.kill('SIGTERM')
  expect((await ended).exitCode).toBe(0)
}

const agentIn = (folder: string, where: readonly string[], more: readonly string[] = offers) => [
  ...['agent', ...where, '--hostname', 'a', '--work-dir', folder],
  ...more,
]

/** How often a text has such a part. */
const times = (text: string, part: RegExp) => [...text.matchAll(new RegExp(part, 'g'))].length

test.concurrent(
  ...linuxOnly('Storage: an agent on a full disk ends, its task does not, and room mends it'),
  async () => {
    const master = await startMaster()
    const folder = temporaryFolder()
    const limited = start(agentIn(folder, master.join), { fileBlocksMax: 64 })
    await said(limited, /registered with the master/)
    const task = await longTask(master.join)
    const tooMuch = `true # ${'x'.repeat(40_000)}`
    const other = start(['exec', ...master.join, ...small, '--', 'sh', '-c', tooMuch])
    const { exitCode, stderr } = await limited.ended
    expect([exitCode, times(stderr, /\n/)]).toEqual([1, 1])
    expect(stderr).toMatch(/agent a cannot go on: the folder .+ holds a file that may not grow/)
    expect(isAlive(task.pid)).toBe(true)
    other.child.kill('SIGKILL')
    const back = await startAgent(master.join, 'a', folder)
    task.finish()
    expect((await task.ended).exitCode).toBe(7)
    await left(back)
    await left(master)
  },
)

test.concurrent(
  ...linuxOnly('Storage: a master on a full disk ends before it promises'),
  async () => {
    const folder = temporaryFolder()
    const first = start(['master', '--port', '0', '--work-dir', folder], { fileBlocksMax: 4 })
    const [, port = ''] = await said(first, /listens on 127\.0\.0\.1:(\d+)/)
    const where = ['--master', `127.0.0.1:${port}`, '--token-file', join(folder, 'token')]
    const large = ['--resources', 'cpus:1', '--attributes', `note:${'x'.repeat(4_000)}`]
    const agent = start(agentIn(temporaryFolder(), where, large))
    const { exitCode, stderr } = await first.ended
    expect(exitCode).toBe(1)
    expect(times(stderr, /the master cannot go on: the folder .+ holds a file that may/)).toBe(1)
    const second = start(['master', '--port', port, '--work-dir', folder])
    await said(agent, /registered with the master/)
    await left(agent)
    await left(second)
  },
)

test.concurrent(
  ...linuxOnly('Storage: an agent of another cluster waits, and its task with it'),
  async () => {
    const [own, foreign] = [await startMaster(), await startMaster()]
    const agent = await startAgent(own.join, 'a')
    const task = await longTask(own.join)
    await killed(agent)
    const astray = start(agentIn(agent.folder, foreign.join))
    const isRejectedTwice = said(foreign, /rejected[\s\S]*rejected/, 'stderr')
    await said(
      astray,
      /belongs to the cluster [\w-]+, this master to [\w-]+; link it up with/,
      'stderr',
    )
    await isRejectedTwice
    await killed(astray)
    const told = await astray.ended
    expect([told.stdout, times(told.stderr, /belongs to the cluster/)]).toEqual(['', 1])
    expect(isAlive(task.pid)).toBe(true)
    const back = await startAgent(own.join, 'a', agent.folder)
    task.finish()
    expect((await task.ended).exitCode).toBe(7)
    for (const program of [back, own, foreign]) await left(program)
  },
)

test.concurrent(
  ...linuxOnly('Storage: folders that cannot be used are said once, with exit code 2'),
  async () => {
    const folder = temporaryFolder()
    const master = await startMaster('--work-dir', folder)
    const agent = await startAgent(master.join, 'a')
    const task = await longTask(master.join)
    const twice = await mesostate(agentIn(agent.folder, master.join))
    expect(twice).toMatchObject({ exitCode: 2, stdout: '' })
    expect(twice.stderr).toMatch(/^mesostate: the folder .+ is in use by another process;.*\n$/)
    const second = await mesostate(['master', '--port', '0', '--work-dir', folder])
    expect(second).toMatchObject({ exitCode: 2, stdout: '' })
    expect(second.stderr).toMatch(/^mesostate: the folder .+ is in use by another process;.*\n$/)
    await killed(agent)
    const smaller = ['--resources', 'cpus:0.5;mem:64;ports:[31000-31005]']
    const changed = await mesostate(agentIn(agent.folder, master.join, smaller))
    expect(changed).toMatchObject({ exitCode: 2, stdout: '' })
    expect(changed.stderr).toMatch(/^mesostate: the resources of the agent were .+ and are .+\n$/)
    expect(isAlive(task.pid)).toBe(true)
    const back = await startAgent(master.join, 'a', agent.folder)
    task.finish()
    expect((await task.ended).exitCode).toBe(7)
    await left(back)
    await left(master)
  },
)
