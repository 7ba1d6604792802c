import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { identityOf, readBootId } from '../../src/executors/process-identity.ts'
import { RunRecords } from '../../src/executors/run-records.ts'
import { commandTask, isAlive, linuxOnly, until } from './harness.ts'
import { keptFolder, nextAgent, recordsIn } from './killable.ts'

const dead = (pid: number) => until(`process ${pid} is dead`, () => !isAlive(pid))

/** A process that has nothing to do with any task. */
function stranger() {
  const child = spawn('sleep', ['100'], { stdio: 'ignore', detached: true })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const identity = identityOf(child.pid ?? 0)
  if (identity === undefined) throw new Error('no stranger')
  return identity
}

const gone = { pid: 2 ** 30, startTime: 1 }

/** A folder with the record of one run of the task `a`. */
function recorded(process: object | undefined, changes: { bootId?: string; stage?: string } = {}) {
  const root = keptFolder()
  const { bootId = readBootId(), stage = 'run' } = changes
  const records = new RunRecords(recordsIn(root))
  const name = { frameworkId: 'F', executorId: 'E', taskId: 'a' }
  const id = records.add({ ...name, bootId, keeper: gone, sandbox: root })
  records.remove(id)
  const wanted = { version: 1, createdAtMs: 1, ...name, bootId, keeper: gone, sandbox: root }
  const lines = [wanted, ...(process === undefined ? [] : [{ process }])]
  const path = `${records.pathOf(id)}.${stage}`
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return { root, path }
}

const task = commandTask('a', 'true')
const unknown = { launched: true, succeeded: false }

describe(...linuxOnly('Records of runs: who is who'), () => {
  test('another process got the id of the task: the task has ended, that one is spared', async () => {
    const { pid, startTime } = stranger()
    const { root } = recorded({ pid, startTime: startTime - 1, startedAtMs: 1 })
    const { runner, reports } = nextAgent(root)
    runner.resume(task)
    runner.stop('a', 'kill')
    const exited = await reports.exited('a')
    expect(exited).toMatchObject({ ...unknown, message: expect.stringContaining('nobody') })
    expect(exited).not.toHaveProperty('exitCode')
    await runner.close()
    expect(isAlive(pid)).toBe(true)
    expect(readdirSync(recordsIn(root))).toEqual([])
  })

  test('the machine was started anew: whatever has the id of the task is spared', async () => {
    const { pid, startTime } = stranger()
    const { root } = recorded({ pid, startTime, startedAtMs: 1 }, { bootId: 'an earlier one' })
    const { runner, reports } = nextAgent(root)
    runner.resume(task)
    expect(await reports.exited('a')).toMatchObject({
      ...unknown,
      message: 'the machine was started anew while it ran',
    })
    await runner.close()
    expect(isAlive(pid)).toBe(true)
  })

  test('the machine was started anew after its end: the end is told', async () => {
    const { pid, startTime } = stranger()
    const process = { pid, startTime, startedAtMs: 1 }
    const { root, path } = recorded(process, { bootId: 'an earlier one' })
    appendFileSync(path, `${JSON.stringify({ exit: { exitCode: 7 } })}\n`)
    const { runner, reports } = nextAgent(root)
    runner.resume(task)
    expect(await reports.exited('a')).toMatchObject({ ...unknown, exitCode: 7 })
    await runner.close()
    expect(isAlive(pid)).toBe(true)
  })

  test('its keeper is gone: it is found alive, and how it ends is not made up', async () => {
    const { pid, startTime } = stranger()
    const { root } = recorded({ pid, startTime, startedAtMs: 5 })
    const { runner, reports } = nextAgent(root)
    runner.resume(task)
    expect(await reports.of('run.started', 'a')).toMatchObject({ startedAtMs: 5 })
    runner.stop('a', 'kill')
    await dead(pid)
    const exited = await reports.exited('a')
    expect(exited).toMatchObject(unknown)
    expect(exited).not.toHaveProperty('signal')
  })

  test.each([
    ['it was never taken by the keeper', 'wanted'],
    ['there is no trace of it', 'gone'],
  ])('%s: it never began', async (_, stage) => {
    const { root } = recorded(undefined, { stage })
    const { runner, reports } = nextAgent(root)
    runner.resume(task)
    expect(await reports.exited('a')).toMatchObject({ launched: false, succeeded: false })
    expect(existsSync(join(recordsIn(root), stage))).toBe(false)
  })

  test('what is spoiled or half written is nobody, and is removed', async () => {
    const root = keptFolder()
    const records = new RunRecords(recordsIn(root))
    writeFileSync(`${records.pathOf('half')}.wanted`, '{"version":1,"createdAt')
    writeFileSync(`${records.pathOf('torn')}.run`, '\u0000\u0000\n{"process"')
    writeFileSync(`${records.pathOf('newer')}.run`, '{"version":2}\n')
    writeFileSync(join(records.folder, 'notes.txt'), 'of a person')
    const { runner, reports, processes } = nextAgent(root)
    runner.resume(task)
    expect(await reports.exited('a')).toMatchObject({ launched: false })
    await processes.endStrays()
    expect(readdirSync(records.folder)).toEqual(['notes.txt'])
  })

  test('an end that the agent has remembered is not taken for a later run', async () => {
    const { root, path } = recorded({ ...gone, startedAtMs: 1 }, { stage: 'over' })
    appendFileSync(path, `${JSON.stringify({ exit: { exitCode: 0 } })}\n`)
    const { runner, reports } = nextAgent(root)
    runner.resume(task)
    expect(await reports.exited('a')).toMatchObject({ launched: false })
  })
})

describe(...linuxOnly('Kept processes: their keeper is killed'), () => {
  test('they live on under their agent, and the next command has another keeper', async () => {
    const root = keptFolder()
    const { runner, reports } = nextAgent(root)
    runner.start(commandTask('a', 'echo $$; while [ ! -e go ]; do sleep 0.01; done'))
    const { sandbox = '' } = await reports.of('run.started', 'a')
    const [record = ''] = readdirSync(recordsIn(root))
    const [first = ''] = readFileSync(join(recordsIn(root), record), 'utf8').split('\n')
    const keeperPid: number = JSON.parse(first).keeper.pid
    process.kill(keeperPid, 'SIGKILL')
    await dead(keeperPid)
    runner.start(commandTask('b', 'exit 6'))
    expect(await reports.exited('b')).toMatchObject({ exitCode: 6 })
    expect(reports.list('run.exited', 'a')).toEqual([])
    writeFileSync(join(sandbox, 'go'), '')
    const exited = await reports.exited('a')
    expect(exited).toMatchObject(unknown)
    expect(exited).not.toHaveProperty('exitCode')
  })

  test('it ends by itself soon after its last command, whoever asks it to before', async () => {
    const root = keptFolder()
    const { runner, reports } = nextAgent(root)
    runner.start(commandTask('a', 'while [ ! -e go ]; do sleep 0.01; done; exit 2'))
    const { sandbox = '' } = await reports.of('run.started', 'a')
    const [record = ''] = readdirSync(recordsIn(root))
    const [first = ''] = readFileSync(join(recordsIn(root), record), 'utf8').split('\n')
    const keeperPid: number = JSON.parse(first).keeper.pid
    process.kill(keeperPid, 'SIGTERM')
    writeFileSync(join(sandbox, 'go'), '')
    expect(await reports.exited('a')).toMatchObject({ exitCode: 2 })
    await runner.close()
    await dead(keeperPid)
  })
})
