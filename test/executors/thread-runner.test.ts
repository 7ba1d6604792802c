import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { Calls, type ModuleCall } from '../../src/actors/calls.ts'
import { createThreadRunner } from '../../src/executors/thread-runner.ts'
import type { Resources } from '../../src/messages/index.ts'
import { runnerOf, taskOf, temporaryFolder } from './harness.ts'

function world() {
  const calls = new Calls()
  const folder = temporaryFolder()
  const { runner, reports } = runnerOf(createThreadRunner(calls))
  const startModule = (
    call: Omit<ModuleCall, 'kind' | 'input'> & { input?: unknown },
    resources: Resources = {},
  ) => {
    const data = calls.add({ kind: 'module', input: undefined, ...call })
    runner.start(taskOf('a', { data, resources }))
    return data
  }
  const start = (source: string, input?: unknown, resources: Resources = {}) => {
    const path = join(folder, 'module.mjs')
    writeFileSync(path, source)
    return startModule({ url: pathToFileURL(path), input }, resources)
  }
  return { calls, folder, runner, reports, start, startModule }
}

const success = { succeeded: true, launched: true }
const failure = { succeeded: false, launched: true }
const refusal = { succeeded: false, launched: false }
const hang = 'export default () => { for (;;); }'

test('Thread: input goes there and the result comes back as copies', async () => {
  const { calls, reports, start } = world()
  const id = start('export default ({ list }) => new Map([["sum", list[0] + list[1]]])', {
    list: [1, 2],
  })
  const { type, taskId, ...exited } = await reports.exited('a')
  expect(exited).toEqual(success)
  expect(reports.all.map((report) => report.type)).toEqual(['run.started', 'run.exited'])
  expect(calls.take(id)).toEqual({ ok: true, value: new Map([['sum', 3]]) })
})

test('Thread: a path does as well as a URL, and transferred memory moves', async () => {
  const { calls, folder, reports, startModule } = world()
  const path = join(folder, 'size #1.mjs')
  writeFileSync(path, 'export default (buffer) => buffer.byteLength')
  const buffer = new ArrayBuffer(1_024)
  const id = startModule({ url: path, input: buffer, transfer: [buffer] })
  await reports.exited('a')
  expect(calls.take(id)).toEqual({ ok: true, value: 1_024 })
  expect(buffer.byteLength).toBe(0)
})

test('Thread: what its function leaves open does not keep it', async () => {
  const { reports, start } = world()
  start('export default () => { setInterval(() => {}, 1000) }')
  expect(await reports.exited('a')).toMatchObject(success)
})

test('Thread: a thrown error keeps name, message, stack and code', async () => {
  const { calls, reports, start } = world()
  const id = start(`
    class OddError extends Error { name = 'OddError'; code = 'E_ODD' }
    export default async function oddity() { throw new OddError('three is odd') }`)
  expect(await reports.exited('a')).toMatchObject({ ...failure, message: 'three is odd' })
  const outcome = calls.take(id)
  if (outcome?.ok !== false || !(outcome.error instanceof Error)) throw new Error('no error')
  expect(outcome.error).toMatchObject({ name: 'OddError', message: 'three is odd', code: 'E_ODD' })
  expect(outcome.error.stack).toContain('oddity')
})

test('Thread: an error outside its promise fails it too', async () => {
  const { reports, start } = world()
  start(`export default () => new Promise(() => setTimeout(() => { throw new Error('late') }))`)
  expect(await reports.exited('a')).toMatchObject({ ...failure, message: 'late' })
})

test('Thread: a thrown value that is no error arrives as it is', async () => {
  const { calls, reports, start } = world()
  const id = start('export default () => { throw { reason: 7 } }')
  expect(await reports.exited('a')).toMatchObject(failure)
  expect(calls.take(id)).toEqual({ ok: false, error: { reason: 7 } })
})

test('Thread: a result that cannot be copied is said to be the trouble', async () => {
  const { reports, start } = world()
  start('export default () => () => 1')
  const { message } = await reports.exited('a')
  expect(message).toMatch(/^the result cannot leave its thread: .*could not be cloned/)
})

test('Thread: an input that cannot be copied is not launched', async () => {
  const { reports, start } = world()
  start('export default () => 1', { f: () => 1 })
  const exited = await reports.exited('a')
  expect(exited).toMatchObject(refusal)
  expect(exited.message).toContain('could not be cloned')
})

test.each([
  ['has no default export', 'export const x = 1', /has no function as default export: write/],
  ['has a default export that is no function', 'export default 5', /has no function as default/],
  ['is not valid JavaScript', '\nexport default (', /not valid JavaScript: .*; `node --check`/],
  ['throws while it is loaded', 'throw new Error("boom")', /failed while it was loaded: boom/],
  ['imports what is missing', 'import "./none.mjs"', /imports something .* not found.*none\.mjs/],
])('Thread: a module that %s is not launched', async (_what, source, message) => {
  const { calls, reports, start } = world()
  const id = start(source)
  const exited = await reports.exited('a')
  expect(exited).toMatchObject(refusal)
  expect(exited.message).toMatch(message)
  expect(exited.message).toContain('module.mjs')
  expect(reports.list('run.started', 'a')).toEqual([])
  expect(calls.take(id)).toMatchObject({ ok: false })
})

test('Thread: a module that is missing is named', async () => {
  const { folder, reports, startModule } = world()
  startModule({ url: join(folder, 'none.mjs') })
  const exited = await reports.exited('a')
  expect(exited).toMatchObject(refusal)
  expect(exited.message).toMatch(/^module file:.*none\.mjs was not found$/)
})

test('Thread: an id that nobody knows is not launched', async () => {
  const { runner, reports } = world()
  runner.start(taskOf('a', { data: 'call-9' }))
  expect(reports.all).toEqual([])
  expect(await reports.exited('a')).toMatchObject(refusal)
})

test('Thread: terminate aborts the signal of its function', async () => {
  const { calls, runner, reports, start } = world()
  const id = start(`export default (input, { signal }) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve('asked')))`)
  await reports.of('run.started', 'a')
  runner.stop('a', 'terminate')
  expect(await reports.exited('a')).toMatchObject(success)
  expect(calls.take(id)).toEqual({ ok: true, value: 'asked' })
})

test('Thread: a kill ends one that hangs in a loop', async () => {
  const { calls, runner, reports, start } = world()
  const id = start(hang)
  await reports.of('run.started', 'a')
  runner.stop('a', 'terminate')
  runner.stop('a', 'kill')
  const { type, taskId, ...exited } = await reports.exited('a')
  expect(exited).toEqual({ ...failure, message: 'the thread was killed' })
  expect(calls.take(id)).toMatchObject({ ok: false })
})

test('Thread: one that wants more memory than its mem fails and says which limit', async () => {
  const { reports, start } = world()
  const grow = 'const all = []; for (;;) all.push(new Array(1000).fill(all.length))'
  start(`export default () => { ${grow} }`, undefined, { mem: 24 })
  const exited = await reports.exited('a')
  expect(exited).toMatchObject(failure)
  expect(exited.message).toMatch(/^out of memory: the thread reached its limit of 24 MB/)
})

test('Thread: a mem too small for Node itself does not take the process along', async () => {
  const { reports, start } = world()
  start('export default () => 1', undefined, { mem: 1 })
  expect(await reports.exited('a')).toMatchObject(success)
})

test.each([
  [0, true],
  [7, false],
])('Thread: process.exit(%i) ends the thread alone', async (exitCode, succeeded) => {
  const { reports, start } = world()
  start(`export default () => process.exit(${exitCode})`)
  expect(await reports.exited('a')).toMatchObject({ exitCode, succeeded, launched: true })
})

test('Thread: close ends a hanging thread and reports nothing more', async () => {
  const { runner, reports, start } = world()
  start(hang)
  await reports.of('run.started', 'a')
  await runner.close()
  expect(reports.list('run.exited', 'a')).toEqual([])
})

test('Thread: it is told its task, what that holds, and the ports of it one by one', async () => {
  const { calls, reports, start } = world()
  const resources: Resources = { cpus: 1, ports: [[31_000, 31_001]] }
  const id = start('export default (input, { task }) => task', undefined, resources)
  await reports.exited('a')
  const value = { taskId: 'a', agentId: 'agent-1', resources, ports: [31_000, 31_001] }
  expect(calls.take(id)).toEqual({ ok: true, value })
})
