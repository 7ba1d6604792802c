import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import {
  isAlive,
  jobFile,
  lineIn,
  linuxOnly,
  mesostate,
  start,
  temporaryFolder,
  until,
} from './harness.ts'
import { offers, said, startAgent, startMaster } from './programs.ts'

/** Each test starts several programs one after the other, and others run beside them. */
vi.setConfig({ testTimeout: 60_000 })

test.concurrent(
  ...linuxOnly('Processes: a master, two agents and a tenant, and all leave in order'),
  async () => {
    const master = await startMaster('--weights', 'exec=2', '--allocation-interval', '200ms')
    const agents = await Promise.all(['a', 'b'].map((name) => startAgent(master.join, name)))
    const script = 'echo out; echo err >&2; echo $PORT0 $MESOSTATE_AGENT_ID; exit 3'
    const run = await mesostate(['exec', ...master.join, '--ports', '1', '--', 'sh', '-c', script])
    expect(run).toMatchObject({ exitCode: 3, stderr: 'err\n' })
    expect(run.stdout).toMatch(/^out\n3100\d \S+-S\d\n$/)
    const { file } = jobFile(
      'jobs: { tell: { command: "echo told", count: 2 }, fail: { command: "exit 2" } }\n',
    )
    const ran = await mesostate(['run', file, ...master.join])
    expect(ran).toMatchObject({ exitCode: 1, stderr: '' })
    expect(ran.stdout).toMatch(/2 finished, 1 not finished in .*\n\d+ messages: .*\n$/)
    const bye = join(temporaryFolder(), 'bye')
    const tidy = `trap 'echo bye > ${bye}; exit 0' TERM; echo $$; sleep 100 & wait`
    const long = start(['exec', ...master.join, '--', 'sh', '-c', tidy])
    const [, pid] = await said(long, /^(\d+)\n/)
    for (const { child } of agents) child.kill('SIGUSR1')
    for (const { ended } of agents) expect(await ended).toMatchObject({ exitCode: 0, stderr: '' })
    expect(isAlive(Number(pid))).toBe(false)
    expect(await lineIn(bye)).toBe('bye')
    expect((await long.ended).exitCode).not.toBe(0)
    master.child.kill('SIGINT')
    expect(await master.ended).toMatchObject({ exitCode: 0, stderr: '' })
  },
)

test.concurrent(
  ...linuxOnly('Processes: agents wait for their master, and outlive it'),
  async () => {
    const first = await startMaster()
    const port = first.place.split(':')[1] ?? ''
    const agent = await startAgent(first.join, 'a')
    const isAlone = said(agent, /it is tried again: nobody listens there/, 'stderr')
    const isBack = said(agent, /linked up with the master at 127/, 'stderr')
    first.child.kill('SIGKILL')
    await isAlone
    const late = start(['agent', ...first.join, '--hostname', 'late', '--resources', 'cpus:1'])
    await said(late, /nobody listens there/, 'stderr')
    late.child.kill('SIGTERM')
    expect(await late.ended).toMatchObject({ exitCode: 0, stdout: '' })
    const second = start(['master', '--port', port, '--token-file', first.tokenFile])
    await said(second, /listens on/)
    await isBack
    const run = await mesostate(['exec', ...first.join, '--', 'echo', 'again'])
    expect(run).toMatchObject({ exitCode: 0, stdout: 'again\n' })
    for (const { child, ended } of [agent, second]) {
      child.kill('SIGTERM')
      expect((await ended).exitCode).toBe(0)
    }
  },
)

test.concurrent(
  ...linuxOnly('Processes: an agent that was killed is back, and no wrong token costs its task'),
  async () => {
    const master = await startMaster()
    const agent = await startAgent(master.join, 'a')
    const go = join(temporaryFolder(), 'go')
    const wait = `echo $$; while [ ! -e ${go} ]; do sleep 0.05; done`
    const run = start(['exec', ...master.join, '--', 'sh', '-c', wait])
    const [, pid] = await said(run, /^(\d+)\n/)
    agent.child.kill('SIGKILL')
    await agent.ended
    const again = ['agent', '--master', master.place, '--hostname', 'a', '--work-dir', agent.folder]
    const isDeniedTwice = said(master, /denied[\s\S]*denied/, 'stderr')
    const wrong = start([...again, ...offers], { env: { MESOSTATE_TOKEN: 'another-token' } })
    await said(wrong, /the token is not that of this master/, 'stderr')
    await isDeniedTwice
    wrong.child.kill('SIGKILL')
    await wrong.ended
    expect(isAlive(Number(pid))).toBe(true)
    const back = await startAgent(master.join, 'a', agent.folder)
    writeFileSync(go, '')
    await until('its task has ended', () => !isAlive(Number(pid)))
    back.child.kill('SIGTERM')
    expect((await back.ended).exitCode).toBe(0)
    run.child.kill('SIGKILL')
    master.child.kill('SIGTERM')
    expect((await master.ended).exitCode).toBe(0)
  },
)

test.concurrent(...linuxOnly('Processes: what cannot be is said, with its exit code'), async () => {
  const master = await startMaster()
  const { place } = master
  const wrongToken = { env: { MESOSTATE_TOKEN: 'another-token' } }
  const cases: [string[], number, RegExp][] = [
    [['agent', '--master', place], 1, /the token is not that of this master/],
    [['exec', '--master', place, '--', 'true'], 2, /the token is not that/],
  ]
  for (const [args, exitCode, sentence] of cases) {
    const ended = await mesostate(args, wrongToken)
    expect(ended).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(sentence) })
  }
  master.child.kill('SIGTERM')
  const { stderr } = await master.ended
  expect(stderr).toMatch(/link\.denied: 127\.0\.0\.1:\d+: the token is not that of this master/)
})
