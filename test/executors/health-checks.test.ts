import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Calls } from '../../src/actors/calls.ts'
import { createCommandRunner } from '../../src/executors/command-runner.ts'
import { createFunctionRunner } from '../../src/executors/function-runner.ts'
import type { Check, CheckStatus, HealthCheck } from '../../src/messages/index.ts'
import {
  commandTask,
  isAlive,
  lineIn,
  type Reports,
  runnerOf,
  taskOf,
  temporaryFolder,
  until,
} from './harness.ts'

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** A task that runs until it is ended, and its sandbox. */
async function world() {
  const root = join(temporaryFolder(), 'sandboxes')
  const { runner, reports } = runnerOf(createCommandRunner({ sandboxRoot: root }))
  const environment = { COLOR: 'green' }
  runner.start(commandTask('a', 'touch up; sleep 100', { environment }))
  const { sandbox = '' } = await reports.of('run.started', 'a')
  const verdict = (check: HealthCheck) => {
    runner.check('a', check)
    return verdictOf(reports)
  }
  return { runner, reports, sandbox, verdict }
}

async function verdictOf(reports: Reports) {
  const { healthy, message } = await reports.of('run.checked', 'a')
  return [healthy, message]
}

const commandCheck = (value: string, timeoutMs?: number): HealthCheck => ({
  type: 'COMMAND',
  command: { value },
  ...(timeoutMs === undefined ? {} : { timeoutMs }),
})

test('Health: a command sees the sandbox and the variables of the task', async () => {
  const { sandbox, verdict } = await world()
  const value = `until [ -e up ]; do sleep 0.01; done; \
    [ "$COLOR $MESOSTATE_TASK_ID $MESOSTATE_SANDBOX" = "green a ${sandbox}" ]`
  expect(await verdict(commandCheck(value))).toEqual([true, undefined])
})

test('Health: a failing command is told with its exit code', async () => {
  const { verdict } = await world()
  expect(await verdict(commandCheck('exit 4'))).toEqual([false, '`exit 4` exited with code 4'])
})

test('Health: a command that does not exist is unhealthy', async () => {
  const { verdict } = await world()
  const command = { value: 'no-such-check', shell: false }
  const [healthy, message] = await verdict({ type: 'COMMAND', command })
  expect(healthy).toBe(false)
  expect(message).toContain('`no-such-check` was not found')
})

test.each<[Check, CheckStatus]>([
  [
    { type: 'COMMAND', command: { value: 'exit 4' } },
    { type: 'COMMAND', exitCode: 4 },
  ],
  [{ type: 'COMMAND', command: { value: 'kill -9 $$' } }, { type: 'COMMAND' }],
  [{ type: 'COMMAND', command: { value: 'sleep 100' }, timeoutMs: 50 }, { type: 'COMMAND' }],
  [{ type: 'HTTP', http: { port: 1 } }, { type: 'HTTP' }],
  [
    { type: 'TCP', tcp: { port: 1 } },
    { type: 'TCP', succeeded: false },
  ],
])('Check: %j finds %j', async (check, checkStatus) => {
  const { runner, reports } = await world()
  runner.observe('a', check)
  expect(await reports.of('run.statusChecked', 'a')).toMatchObject({ checkStatus })
})

test('Check: what answers is told with its status, and connects', async () => {
  const { runner, reports } = await world()
  const port = await portOf(createHttpServer((_, answer) => answer.writeHead(503).end()))
  runner.observe('a', { type: 'HTTP', http: { port } })
  runner.observe('a', { type: 'TCP', tcp: { port } })
  await until('two results', () => reports.list('run.statusChecked', 'a')[1])
  const found = reports.list('run.statusChecked', 'a').map(({ checkStatus }) => checkStatus)
  expect(found).toContainEqual({ type: 'HTTP', statusCode: 503 })
  expect(found).toContainEqual({ type: 'TCP', succeeded: true })
})

test('Health: a command over its time is unhealthy, and ended with its children', async () => {
  const { sandbox, verdict } = await world()
  const check = commandCheck('sh -c "echo \\$\\$ > pid; sleep 100; :" & wait', 1_000)
  const result = verdict(check)
  const pid = Number(await lineIn(join(sandbox, 'pid')))
  expect(await result).toEqual([false, 'the COMMAND health check did not end within 1000 ms'])
  await until('the child of the check is dead', () => !isAlive(pid))
})

test.each([
  [200, true],
  [302, true],
  [399, true],
  [404, false],
  [500, false],
])('Health: GET that answers %i', async (status, healthy) => {
  const { verdict } = await world()
  const server = createHttpServer((request, response) => {
    response.writeHead(request.url === '/health?x=1' ? status : 418, { location: '/elsewhere' })
    response.end('body')
  })
  const port = await portOf(server)
  const result = await verdict({ type: 'HTTP', http: { port, path: 'health?x=1' } })
  const message = `GET http://127.0.0.1:${port}/health?x=1 answered ${status}`
  expect(result).toEqual([healthy, healthy ? undefined : message])
})

test('Health: a server that never answers is unhealthy after the timeout', async () => {
  const { verdict } = await world()
  const port = await portOf(createTcpServer((socket) => socket.on('error', () => {})))
  const result = await verdict({ type: 'HTTP', timeoutMs: 100, http: { port } })
  expect(result).toEqual([false, 'the HTTP health check did not end within 100 ms'])
})

test('Health: a scheme that is neither http nor https is told', async () => {
  const { verdict } = await world()
  const result = await verdict({ type: 'HTTP', http: { port: 1, scheme: 'gopher' } })
  expect(result).toEqual([false, 'the scheme of a health check is http or https, not gopher'])
})

test('Health: a TCP port that takes connections is healthy, a closed one is not', async () => {
  const { runner, reports, verdict } = await world()
  const server = createTcpServer()
  const port = await portOf(server)
  expect(await verdict({ type: 'TCP', tcp: { port } })).toEqual([true, undefined])
  await new Promise((resolve) => server.close(resolve))
  runner.check('a', { type: 'TCP', tcp: { port } })
  const second = await until('the second verdict', () => reports.list('run.checked', 'a')[1])
  expect(second.healthy).toBe(false)
  expect(second.message).toMatch(/^no TCP connection to 127\.0\.0\.1:\d+: .*ECONNREFUSED/)
})

test.each(['COMMAND', 'HTTP', 'TCP'] as const)('Health: %s without its details', async (type) => {
  const { verdict } = await world()
  const message = `the ${type} health check has no ${type.toLowerCase()}`
  expect(await verdict({ type })).toEqual([false, message])
})

test('Health: a port out of range is unhealthy, not a crash', async () => {
  const { runner, reports, verdict } = await world()
  expect((await verdict({ type: 'TCP', tcp: { port: 99_999 } }))[0]).toBe(false)
  runner.check('a', { type: 'HTTP', http: { port: 99_999 } })
  const second = await until('the second verdict', () => reports.list('run.checked', 'a')[1])
  expect(second.healthy).toBe(false)
})

test.each([
  ['is killed', 'kill'],
  ['is terminated', 'terminate'],
] as const)('Health: a task that %s during its check gets no verdict', async (_what, how) => {
  const { runner, reports, sandbox } = await world()
  runner.check('a', commandCheck('echo $$ > pid; sleep 100; :', 0))
  const pid = Number(await lineIn(join(sandbox, 'pid')))
  runner.stop('a', how)
  await reports.exited('a')
  runner.check('a', commandCheck('true'))
  await until('the check is dead', () => !isAlive(pid))
  // Whatever the dead check could still say would be said before a later process ends.
  runner.start(commandTask('later', 'true'))
  await reports.exited('later')
  expect(reports.list('run.checked', 'a')).toEqual([])
})

test('Health: a task that ends by itself during its check gets no verdict', async () => {
  const { runner, reports } = await world()
  runner.start(commandTask('b', 'until [ -e pid ]; do sleep 0.01; done'))
  const { sandbox = '' } = await reports.of('run.started', 'b')
  runner.check('b', commandCheck('echo $$ > pid; sleep 100; :', 0))
  const pid = Number(await lineIn(join(sandbox, 'pid')))
  await reports.exited('b')
  await until('the check is dead', () => !isAlive(pid))
  runner.start(commandTask('later', 'true'))
  await reports.exited('later')
  expect(reports.list('run.checked', 'b')).toEqual([])
})

test('Health: close leaves no process of a check', async () => {
  const { runner, sandbox } = await world()
  runner.check('a', commandCheck('echo $$ > pid; sleep 100; :', 0))
  const pid = Number(await lineIn(join(sandbox, 'pid')))
  await runner.close()
  expect(isAlive(pid)).toBe(false)
})

test('Health: a function can be checked too', async () => {
  const calls = new Calls()
  const { runner, reports } = runnerOf(createFunctionRunner(calls))
  const data = calls.add({ kind: 'function', run: () => new Promise(() => {}) })
  runner.start(taskOf('a', { data }))
  await reports.of('run.started', 'a')
  runner.check('a', commandCheck('[ "$MESOSTATE_TASK_ID" = a ]'))
  expect(await verdictOf(reports)).toEqual([true, undefined])
})
