import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Started } from './harness.ts'
import { isAlive, lineIn, linuxOnly, mesostate, start, temporaryFolder } from './harness.ts'

/** Each test starts several programs one after the other, and others run beside them. */
vi.setConfig({ testTimeout: 60_000 })

/** Resolves as soon as what a program has said on a stream matches; rejects when it ends before. */
function said(
  { child, ended }: Started,
  pattern: RegExp,
  stream: 'stdout' | 'stderr' = 'stdout',
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = ''
    child[stream]?.on('data', (bytes: Buffer) => {
      text += bytes.toString()
      const found = pattern.exec(text)
      if (found !== null) resolve(found)
    })
    void ended.then(({ stdout, stderr }) =>
      reject(new Error(`it ended before it said ${pattern}: ${stdout}${stderr}`)),
    )
  })
}

async function startMaster(...options: string[]) {
  const program = start(['master', '--port', '0', '--work-dir', temporaryFolder(), ...options])
  const [, place = '', tokenFile = ''] = await said(
    program,
    /^mesostate master listens on (127\.0\.0\.1:\d+); token: (.+)\n$/,
  )
  return { ...program, place, tokenFile, join: ['--master', place, '--token-file', tokenFile] }
}

async function startAgent(where: readonly string[], name: string) {
  const folder = temporaryFolder()
  const program = start([
    ...['agent', ...where, '--hostname', name, '--work-dir', folder],
    ...['--resources', 'cpus:1;mem:64;ports:[31000-31005]', '--attributes', `rack:${name}`],
  ])
  await said(program, /registered with the master at \S+: <1 cpu, 64 MB, ports 31000-31005>/)
  return { ...program, folder }
}

test.concurrent(
  ...linuxOnly('Processes: a master, two agents and a tenant, and all leave in order'),
  async () => {
    const master = await startMaster('--weights', 'exec=2', '--allocation-interval', '200ms')
    const agents = await Promise.all(['a', 'b'].map((name) => startAgent(master.join, name)))
    const script = 'echo out; echo err >&2; echo $PORT0 $MESOSTATE_AGENT_ID; exit 3'
    const run = await mesostate(['exec', ...master.join, '--ports', '1', '--', 'sh', '-c', script])
    expect(run).toMatchObject({ exitCode: 3, stderr: 'err\n' })
    expect(run.stdout).toMatch(/^out\n3100\d \S+-S\d\n$/)
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

test.concurrent(...linuxOnly('Processes: what cannot be is said, with its exit code'), async () => {
  const master = await startMaster()
  const { place, tokenFile } = master
  const taken = place.split(':')[1] ?? ''
  const wrongToken = { env: { MESOSTATE_TOKEN: 'another-token' } }
  const here = ['exec', '--master', place, '--token-file', tokenFile, '--agents', 'cpus:1']
  const cases: [string[], number, RegExp, { env: Record<string, string> }?][] = [
    [['master', '--port', taken], 2, /cannot listen on .*: somebody listens there already/],
    [['agent', '--master', place], 1, /the token is not that of this master/, wrongToken],
    [['exec', '--master', place, '--', 'true'], 2, /the token is not that/, wrongToken],
    [[...here, '--', 'true'], 2, /--agents: the master has its own/],
  ]
  for (const [args, exitCode, sentence, options] of cases) {
    const ended = await mesostate(args, options)
    expect(ended).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(sentence) })
  }
  master.child.kill('SIGTERM')
  const { stderr } = await master.ended
  expect(stderr).toMatch(/link\.denied: 127\.0\.0\.1:\d+: the token is not that of this master/)
})
