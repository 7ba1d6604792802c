import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createCommandRunner } from '../../src/executors/command-runner.ts'
import { ForkServer } from '../../src/executors/fork-server.ts'
import { KeptProcesses } from '../../src/executors/kept-processes.ts'
import { OwnProcesses } from '../../src/executors/own-processes.ts'
import type { Processes } from '../../src/executors/processes.ts'
import { Users } from '../../src/executors/users.ts'
import { VolumeFolders } from '../../src/executors/volumes.ts'
import type { TaskInfo } from '../../src/messages/index.ts'
import { commandTask, Reports, rootOnly, temporaryFolder } from './harness.ts'

const nobody = { uid: 65_534, gid: 65_534 }

/** Users of a machine on which `ann` has the id 7 and `bob` the id 8. */
function usersFor(ownId: number) {
  const asked: string[] = []
  const known = new Map([
    ['ann', { uid: 7, gid: 70 }],
    ['bob', { uid: 8, gid: 80 }],
    ['me', { uid: ownId, gid: 1 }],
  ])
  const look = (name: string) => {
    asked.push(name)
    return known.get(name)
  }
  return { users: new Users({ ownId, ownName: 'own', look }), asked }
}

describe('Users', () => {
  test('a root agent: the command counts first, then the framework, else nobody is asked for', () => {
    const { users } = usersFor(0)
    expect(users.find({ command: 'ann', framework: 'bob' })).toEqual({ uid: 7, gid: 70 })
    expect(users.find({ framework: 'bob' })).toEqual({ uid: 8, gid: 80 })
    expect(users.find({})).toBeUndefined()
    expect(() => users.find({ framework: 'eve' })).toThrow('there is no user "eve" here')
    expect(users.find({ framework: '' })).toBeUndefined()
    expect(() => users.find({ command: '', framework: 'bob' })).toThrow('there is no user "" here')
  })

  test('the own user costs nothing, any other one is looked up once', () => {
    const { users, asked } = usersFor(0)
    for (let time = 0; time < 3; time++) {
      expect(users.find({ framework: 'own' })).toBeUndefined()
      expect(users.find({ framework: 'me' })).toBeUndefined()
      users.find({ framework: 'ann' })
    }
    expect(asked).toEqual(['me', 'ann'])
  })

  test('an agent that is not root takes any framework, but no command for somebody else', () => {
    const { users } = usersFor(7)
    expect(users.find({ framework: 'eve' })).toBeUndefined()
    expect(users.find({ framework: 'bob' })).toBeUndefined()
    expect(users.find({ command: 'ann', framework: 'bob' })).toBeUndefined()
    expect(() => users.find({ command: 'bob' })).toThrow('only an agent that is root')
    expect(() => users.find({ command: 'eve' })).toThrow('there is no user "eve" here')
  })

  test.skipIf(process.platform === 'win32').each(['0', '+0', '', 'no such user', '--help'])(
    'this machine knows no user called %j',
    (name) => {
      expect(() => new Users().find({ command: name })).toThrow('there is no user')
    },
  )
})

const ways: readonly [string, (root: string) => Promise<Processes>][] = [
  ['own processes', async () => new OwnProcesses()],
  ['forked processes', forked],
  ['kept processes', async (root) => new KeptProcesses(join(root, 'runs', 'agent-1'))],
]

async function forked(): Promise<Processes> {
  const forks = new ForkServer()
  onTestFinished(() => void forks.release())
  await forks.prepare()
  return new OwnProcesses(undefined, forks)
}

/** A runner of a root agent for a framework of this user. */
async function worldOf(make: (root: string) => Promise<Processes>, user = 'nobody') {
  const root = temporaryFolder()
  const reports = new Reports()
  const volumes = new VolumeFolders(join(root, 'volumes'))
  const createRunner = createCommandRunner({
    sandboxRoot: root,
    processes: await make(root),
    users: new Users(),
  })
  const runner = createRunner(reports.add, volumes, { frameworkId: 'F', executorId: 'E', user })
  onTestFinished(() => runner.close())
  const run = async (task: TaskInfo) => {
    runner.start(task)
    const exit = await reports.exited(task.taskId)
    const sandbox = exit.sandbox ?? ''
    return { exit, sandbox, text: (name: string) => readFileSync(join(sandbox, name), 'utf8') }
  }
  return { root, runner, reports, volumes, run }
}

describe(...rootOnly('Commands as another user'), () => {
  test.each(ways)('%s: it and its sandbox belong to that user', async (_name, make) => {
    const { run } = await worldOf(make)
    const script = 'id -u; id -g; id -G; echo more > file; echo x >> stdout; echo e >&2'
    const { exit, sandbox, text } = await run(commandTask('a', script))
    expect(exit).toMatchObject({ exitCode: 0 })
    expect(text('stdout')).toBe('65534\n65534\n65534\nx\n')
    expect(text('stderr')).toBe('e\n')
    for (const name of ['', 'stdout', 'stderr', 'file']) {
      expect(statSync(join(sandbox, name)), name).toMatchObject(nobody)
    }
    expect(statSync(sandbox).mode & 0o777).toBe(0o750)
  })

  test.each(ways)('%s: the user of the command counts, root too', async (_name, make) => {
    const { run } = await worldOf(make)
    const asRoot = await run(commandTask('a', 'id -u', { carried: { user: 'root' } }))
    expect(asRoot.text('stdout')).toBe('0\n')
    const other = await run(commandTask('b', 'id -un', { carried: { user: 'daemon' } }))
    expect(other.text('stdout')).toBe('daemon\n')
  })

  test.each(ways)('%s: nothing of root is within reach', async (_name, make) => {
    const { run, root } = await worldOf(make)
    const secret = join(root, 'secret')
    writeFileSync(secret, 'secret', { mode: 0o600 })
    const script = `cat ${secret} || ln -s ${secret} exit-status`
    const { exit, sandbox } = await run(commandTask('a', script))
    expect(exit).toMatchObject({ exitCode: 0 })
    expect(readFileSync(secret, 'utf8')).toBe('secret')
    expect(lstatSync(join(sandbox, 'exit-status')).isSymbolicLink()).toBe(false)
    expect(readFileSync(join(sandbox, 'exit-status'), 'utf8')).toBe('0\n')
  })

  test('an unknown user: the task does not run', async () => {
    const { run } = await worldOf(forked)
    const { exit } = await run(commandTask('a', 'true', { carried: { user: 'no-such' } }))
    const message = 'it cannot run as whom it asks for: there is no user "no-such" here'
    expect(exit).toMatchObject({ launched: false, message })
  })

  test('files are fetched as that user', async () => {
    const server = createServer((_request, response) => void response.end('#!/bin/sh\nid -u'))
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const { run, root } = await worldOf(forked)
    const uris = [{ value: `http://127.0.0.1:${port}/x`, executable: true, output_file: 'd/x' }]
    const fine = await run(commandTask('a', 'd/x', { carried: { uris } }))
    expect(fine.exit).toMatchObject({ exitCode: 0 })
    expect(fine.text('stdout')).toBe('65534\n')
    for (const name of ['d', 'd/x'])
      expect(statSync(join(fine.sandbox, name))).toMatchObject(nobody)
    const secret = join(root, 'secret')
    writeFileSync(secret, 'secret', { mode: 0o600 })
    const { exit } = await run(commandTask('b', 'true', { carried: { uris: [{ value: secret }] } }))
    expect(exit).toMatchObject({ launched: false, message: expect.stringMatching(/denied/i) })
  })

  test.each(ways)('%s: an archive cannot put a link where the output goes', async (_name, make) => {
    const { run, root } = await worldOf(make)
    const [victim, archive] = [join(root, 'victim'), join(root, 'all.tar')]
    symlinkSync(victim, join(root, 'stdout'))
    execFileSync('tar', ['-cf', archive, 'stdout'], { cwd: root })
    const task = commandTask('a', 'echo mine', { carried: { uris: [{ value: archive }] } })
    expect((await run(task)).exit).toMatchObject({ launched: false })
    expect(existsSync(victim)).toBe(false)
  })

  test('its volumes belong to that user, and the folders on the way to them', async () => {
    const { root, run, volumes } = await worldOf(forked)
    // A link to a volume can only be followed where the folders above it let everybody through.
    for (let at = root; (statSync(at).mode & 1) === 0; at = dirname(at)) chmodSync(at, 0o711)
    const db = { role: 'db', id: 'v1', containerPath: 'var/data' }
    volumes.create([db])
    const resources = { cpus: 1, 'disk(db)[v1:var/data]': 64 }
    const { sandbox, text } = await run({
      ...commandTask('a', 'echo hello > var/data/greeting && ls var/data && touch var/own'),
      resources,
    })
    expect(text('stdout')).toBe('greeting\n')
    expect(statSync(volumes.pathOf(db))).toMatchObject(nobody)
    expect(statSync(join(sandbox, 'var', 'own'))).toMatchObject(nobody)
  })

  test('a health check runs as that user', async () => {
    const { runner, reports } = await worldOf(forked)
    runner.start(commandTask('a', 'sleep 100'))
    await reports.of('run.started', 'a')
    runner.check('a', { type: 'COMMAND', command: { value: 'test "$(id -u)" = 65534' } })
    expect(await reports.of('run.checked', 'a')).toMatchObject({ healthy: true })
  })
})
