import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { commandTask, isAlive, lineIn, linuxOnly, until } from './harness.ts'
import { Killable, keptFolder, nextAgent, recordsIn } from './killable.ts'

/** Writes its id to `pid` each time it begins, and ends as told when there is a file `go`. */
const patient = (end: string) =>
  `echo $$ >> pid; while [ ! -e go ]; do sleep 0.01; done; echo bye; ${end}`

const dead = (pid: number) => until(`process ${pid} is dead`, () => !isAlive(pid))
const go = (root: string, taskId: string) => writeFileSync(join(root, taskId, 'go'), '')
const textOf = (root: string, taskId: string, name: string) =>
  readFileSync(join(root, taskId, name), 'utf8')

/** An agent with these commands running, killed. Returns the ids of their main processes. */
async function killedWith(root: string, commands: Readonly<Record<string, string>>) {
  const agent = new Killable(root)
  const tasks = Object.entries(commands).map(([taskId, value]) => commandTask(taskId, value))
  await agent.start(...tasks)
  const pids = await Promise.all(
    tasks.map(async ({ taskId }) => {
      await agent.reports.of('run.started', taskId)
      return Number(await lineIn(join(root, taskId, 'pid')))
    }),
  )
  await agent.kill()
  return pids
}

describe(...linuxOnly('Kept processes: their agent is killed'), () => {
  test('they live on, are taken up again, and their true ends are told', async () => {
    const root = keptFolder()
    const before = Date.now()
    const pids = await killedWith(root, {
      good: patient('exit 0'),
      bad: patient('exit 137'),
      hit: patient('kill -USR1 $$'),
    })
    expect(pids.filter(isAlive)).toHaveLength(3)
    const { runner, reports } = nextAgent(root)
    for (const taskId of ['good', 'bad', 'hit']) {
      runner.resume(commandTask(taskId, patient('')))
      const sandbox = join(root, taskId)
      const started = await reports.of('run.started', taskId)
      expect(started).toMatchObject({ sandbox, startedAtMs: expect.any(Number) })
      expect(started.startedAtMs).toBeGreaterThanOrEqual(before)
      expect(started.startedAtMs).toBeLessThan(Date.now())
    }
    const facts = { launched: true, succeeded: false }
    go(root, 'good')
    expect(await reports.exited('good')).toMatchObject({ ...facts, succeeded: true, exitCode: 0 })
    go(root, 'bad')
    expect(await reports.exited('bad')).toMatchObject({ ...facts, exitCode: 137 })
    go(root, 'hit')
    expect(await reports.exited('hit')).toMatchObject({ ...facts, signal: 'SIGUSR1' })
    expect(textOf(root, 'good', 'stdout')).toBe('bye\n')
    expect(textOf(root, 'hit', 'exit-status')).toBe('SIGUSR1\n')
    expect(textOf(root, 'bad', 'pid')).toMatch(/^\d+\n$/)
  })

  test('those that end meanwhile are told with their true ends, and nothing else', async () => {
    const root = keptFolder()
    const pids = await killedWith(root, {
      good: patient('exit 0'),
      bad: patient('exit 3'),
      hit: patient('kill -KILL $$'),
    })
    for (const taskId of ['good', 'bad', 'hit']) go(root, taskId)
    for (const pid of pids) await dead(pid)
    const { runner, reports } = nextAgent(root)
    for (const taskId of ['good', 'bad', 'hit']) runner.resume(commandTask(taskId, patient('')))
    expect(await reports.exited('good')).toMatchObject({ succeeded: true, exitCode: 0 })
    expect(await reports.exited('bad')).toMatchObject({
      launched: true,
      exitCode: 3,
      message: 'exited with code 3',
      sandbox: join(root, 'bad'),
    })
    expect(await reports.exited('hit')).toMatchObject({ signal: 'SIGKILL' })
    expect(reports.all).toHaveLength(3)
    await runner.close()
    expect(readdirSync(recordsIn(root))).toEqual([])
  })

  test('it is killed a second time: they are found a third time', async () => {
    const root = keptFolder()
    const [pid = 0] = await killedWith(root, { a: patient('exit 4') })
    const second = nextAgent(root)
    second.runner.resume(commandTask('a', patient('')))
    await second.reports.of('run.started', 'a')
    const third = nextAgent(root)
    third.runner.resume(commandTask('a', patient('')))
    await third.reports.of('run.started', 'a')
    go(root, 'a')
    expect(await third.reports.exited('a')).toMatchObject({ exitCode: 4 })
    await dead(pid)
  })

  test('a kill after that reaches the whole tree, out of the session too', async () => {
    const root = keptFolder()
    const child = `setsid sh -c 'echo $$ > child; sleep 100; :'`
    const command = `${child} & trap "" TERM; echo $$ > pid; while :; do sleep 0.05; done`
    const [pid = 0] = await killedWith(root, { a: command })
    const childPid = Number(await lineIn(join(root, 'a', 'child')))
    const { runner, reports } = nextAgent(root)
    runner.resume(commandTask('a', command))
    runner.stop('a', 'terminate')
    await reports.of('run.started', 'a')
    await dead(childPid)
    expect(isAlive(pid)).toBe(true)
    runner.stop('a', 'kill')
    expect(await reports.exited('a')).toMatchObject({ signal: 'SIGKILL' })
    await dead(pid)
  })

  test('why it was asked to end before is told, whether it lives or has ended', async () => {
    const root = keptFolder()
    const stubborn = `trap "" TERM; ${patient('exit 0')}`
    const agent = new Killable(root)
    await agent.start(commandTask('a', stubborn), commandTask('b', patient('exit 0')))
    for (const taskId of ['a', 'b']) {
      await agent.reports.of('run.started', taskId)
      await lineIn(join(root, taskId, 'pid'))
      agent.stop(taskId)
    }
    await agent.reports.exited('b')
    await agent.kill()
    const { runner, reports } = nextAgent(root)
    runner.resume(commandTask('a', stubborn))
    runner.resume(commandTask('b', ''))
    expect(await reports.of('run.started', 'a')).toMatchObject({ stopped: 'tooLong' })
    expect(await reports.exited('b')).toMatchObject({ signal: 'SIGTERM', stopped: 'tooLong' })
  })

  test('what one that ended meanwhile left behind is ended when it is taken up', async () => {
    const root = keptFolder()
    const daemon = `(setsid sh -c 'echo $$ > child; sleep 100; :' &)`
    await killedWith(root, { a: `${daemon}; ${patient('exit 0')}` })
    const pid = Number(await lineIn(join(root, 'a', 'child')))
    go(root, 'a')
    await until('its end is on record', () => recordsOf(root).includes('exitCode'))
    expect(isAlive(pid)).toBe(true)
    // Another process, because this one is older than what it has to find.
    const next = new Killable(root)
    await next.resume(commandTask('a', 'true'))
    await next.reports.exited('a')
    await dead(pid)
  })

  test('health checks go on in its sandbox, with its variables', async () => {
    const root = keptFolder()
    await killedWith(root, { a: patient('exit 0') })
    const { runner, reports } = nextAgent(root)
    runner.resume(commandTask('a', ''))
    await reports.of('run.started', 'a')
    const value = 'test -e pid && test "$MESOSTATE_TASK_ID" = a'
    runner.check('a', { type: 'COMMAND', command: { value } })
    expect(await reports.of('run.checked', 'a')).toMatchObject({ healthy: true })
  })

  test('those that nobody asks for again are ended, and their records removed', async () => {
    const root = keptFolder()
    const pids = await killedWith(root, { a: patient('exit 0'), b: patient('exit 0') })
    const { runner, reports, processes } = nextAgent(root)
    runner.resume(commandTask('a', ''))
    await processes.endStrays()
    expect(pids.map(isAlive)).toEqual([true, false])
    expect(readdirSync(recordsIn(root))).toHaveLength(1)
    expect(reports.list('run.exited', 'a')).toEqual([])
  })

  test('at any instant of a start: it runs once and is found, or it never begins', async () => {
    const ids = Array.from({ length: 8 }, (_, index) => `a${index}`)
    const agents = await Promise.all(Array.from({ length: 8 }, busyAgent))
    const seen = new Set<string>()
    for (const [index, { root, agent }] of agents.entries()) {
      await agent.start(...ids.map((taskId) => commandTask(taskId, 'echo begun; sleep 100')))
      if (index === agents.length - 1) await agent.reports.any('a0')
      else await rest(2 * index)
      await agent.kill()
      const { runner, reports, processes } = nextAgent(root)
      for (const taskId of ids) runner.resume(commandTask(taskId, ''))
      const strays = processes.endStrays()
      for (const taskId of ids) {
        const told = await reports.any(taskId)
        seen.add(told.type)
        if (told.type === 'run.started') await lineIn(join(root, taskId, 'stdout'))
        else expect(told).toMatchObject({ launched: false })
      }
      await Promise.all([runner.close(), strays])
      for (const taskId of ids) {
        const ran = reports.list('run.started', taskId).length
        const stdout = join(root, taskId, 'stdout')
        expect(existsSync(stdout) ? readFileSync(stdout, 'utf8') : '').toBe('begun\n'.repeat(ran))
      }
      expect(processesIn(root)).toEqual([])
    }
    expect([...seen].sort()).toEqual(['run.exited', 'run.started'])
  })
})

/** An agent whose keeper has something to do already, so that the next commands begin at once. */
async function busyAgent() {
  const root = keptFolder()
  const agent = new Killable(root)
  await agent.start(commandTask('first', 'sleep 100'))
  await agent.reports.of('run.started', 'first')
  return { root, agent }
}

/** All that the records say. */
function recordsOf(root: string): string {
  const folder = recordsIn(root)
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('')
}

/** Living processes whose environment names the folder. */
function processesIn(root: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return readFileSync(`/proc/${name}/environ`, 'utf8').includes(`MESOSTATE_SANDBOX=${root}`)
    } catch {
      return false
    }
  })
}
