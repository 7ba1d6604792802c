import { expect, test } from 'vitest'
import { Calls, type FunctionCall } from '../../src/actors/calls.ts'
import { createFunctionRunner } from '../../src/executors/function-runner.ts'
import type { Resources } from '../../src/messages/index.ts'
import { runnerOf, taskOf } from './harness.ts'

function world() {
  const calls = new Calls()
  const { runner, reports } = runnerOf(createFunctionRunner(calls))
  const start = (taskId: string, run: FunctionCall['run']) => {
    const data = calls.add({ kind: 'function', run })
    runner.start(taskOf(taskId, { data }))
    return data
  }
  return { calls, runner, reports, start }
}

const success = { succeeded: true, launched: true }
const failure = { succeeded: false, launched: true }

test('Function: a returned promise ends the task with its value as the outcome', async () => {
  const { calls, reports, start } = world()
  const id = start('a', async () => 42)
  expect(reports.all).toEqual([])
  expect(await reports.exited('a')).toEqual({ type: 'run.exited', taskId: 'a', ...success })
  expect(reports.all.map((report) => report.type)).toEqual(['run.started', 'run.exited'])
  expect(calls.take(id)).toEqual({ ok: true, value: 42 })
})

test('Function: a plain value counts as returned at once', async () => {
  const { calls, reports, start } = world()
  const id = start('a', () => 'plain')
  expect(await reports.exited('a')).toMatchObject(success)
  expect(calls.take(id)).toEqual({ ok: true, value: 'plain' })
})

test('Function: it is told its task, agent and resources', async () => {
  const { calls, reports, start } = world()
  const id = start('a', (_signal, { taskId, agentId, resources }) => [taskId, agentId, resources])
  await reports.exited('a')
  expect(calls.take(id)).toEqual({ ok: true, value: ['a', 'agent-1', { cpus: 1, mem: 128 }] })
})

test.each([
  ['throws', () => Promise.reject(new RangeError('too far'))],
  [
    'throws before it returns a promise',
    () => {
      throw new RangeError('too far')
    },
  ],
])('Function: one that %s fails its task and keeps the very error', async (_how, run) => {
  const { calls, reports, start } = world()
  const id = start('a', run)
  expect(await reports.exited('a')).toMatchObject({ ...failure, message: 'too far' })
  const outcome = calls.take(id)
  expect(outcome).toMatchObject({ ok: false, error: expect.any(RangeError) })
})

test('Function: an object whose `then` throws fails the task alone', async () => {
  const { reports, start } = world()
  start('a', () => ({
    // biome-ignore lint/suspicious/noThenProperty: a bad thenable is what is tested
    get then() {
      throw new Error('bad thenable')
    },
  }))
  start('b', () => 1)
  expect(await reports.exited('a')).toMatchObject({ ...failure, message: 'bad thenable' })
  expect(await reports.exited('b')).toMatchObject(success)
})

test('Function: an id that nobody knows is not launched', async () => {
  const { runner, reports } = world()
  runner.start(taskOf('a', { data: 'call-77' }))
  runner.start(taskOf('b'))
  const exited = await reports.exited('a')
  expect(exited).toMatchObject({ succeeded: false, launched: false })
  expect(exited.message).toContain('"call-77"')
  expect(await reports.exited('b')).toMatchObject({ launched: false })
  expect(reports.list('run.started', 'a')).toEqual([])
})

test('Function: terminate aborts the signal, and the function decides how it ends', async () => {
  const { runner, reports, start } = world()
  start('a', (signal) => {
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  })
  await reports.of('run.started', 'a')
  runner.stop('a', 'terminate')
  const exited = await reports.exited('a')
  expect(exited).toMatchObject({ ...failure, message: 'This operation was aborted' })
})

test('Function: a kill reports one that ignores its signal, and not its late end', async () => {
  const { calls, runner, reports, start } = world()
  let finish = (_value: string) => {}
  const late = new Promise<string>((resolve) => {
    finish = resolve
  })
  const id = start('a', (_signal) => late)
  await reports.of('run.started', 'a')
  runner.stop('a', 'terminate')
  runner.stop('a', 'kill')
  expect(reports.list('run.exited', 'a')).toEqual([])
  const message = 'the function ignored its abort signal and may still be running in this process'
  expect(await reports.exited('a')).toMatchObject({ ...failure, message })
  finish('late')
  await late
  await Promise.resolve()
  expect(reports.list('run.exited', 'a')).toHaveLength(1)
  expect(calls.take(id)).toMatchObject({ ok: false, error: expect.any(Error) })
})

test('Function: one that is stopped in the turn of its start never begins', async () => {
  const { runner, reports, start } = world()
  let begun = false
  start('a', () => {
    begun = true
  })
  runner.stop('a', 'terminate')
  expect(await reports.exited('a')).toMatchObject(failure)
  expect(begun).toBe(false)
  expect(reports.list('run.started', 'a')).toEqual([])
})

test('Function: an id can be used again while a killed function still runs', async () => {
  const { runner, reports, start } = world()
  let fail = (_error: Error) => {}
  const stubborn = new Promise((_resolve, reject) => {
    fail = reject
  })
  start('a', (_signal) => stubborn)
  await reports.of('run.started', 'a')
  runner.stop('a', 'kill')
  await reports.exited('a')
  start('a', () => 'second')
  fail(new Error('first'))
  await Promise.allSettled([stubborn])
  await Promise.resolve()
  const ends = reports.list('run.exited', 'a').map((report) => report.succeeded)
  expect(ends).toEqual([false, true])
})

test('Function: close aborts everything and reports nothing more', async () => {
  const { runner, reports, start } = world()
  let aborted = false
  start('a', (signal) => {
    return new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        aborted = true
        resolve()
      })
    })
  })
  await reports.of('run.started', 'a')
  await runner.close()
  expect(aborted).toBe(true)
  expect(reports.list('run.exited', 'a')).toEqual([])
})

test('Function: it is told its task, what that holds, and the ports of it one by one', async () => {
  const { calls, runner, reports } = world()
  const resources = { cpus: 1, ports: [[31_005, 31_006]], 'ports(eng)': [[80, 80]] } satisfies Resources // biome-ignore format: one line reads better
  const data = calls.add({
    kind: 'function',
    run: (_signal, task) => ({ ...task, ports: task.ports }),
  })
  runner.start(taskOf('a', { data, resources }))
  await reports.exited('a')
  const value = { taskId: 'a', agentId: 'agent-1', resources, ports: [80, 31_005, 31_006] }
  expect(calls.take(data)).toEqual({ ok: true, value })
})
