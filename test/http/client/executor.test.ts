import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ExecutorRequest } from '../../../src/frameworks/task-request.ts'
import { agent, master } from '../../cluster/processes/support.ts'
import { isAlive, linuxOnly, temporaryFolder, until } from '../../executors/harness.ts'
import { Client } from './support.ts'

const program = fileURLToPath(
  new URL('../../support/fixtures/client-executor.mjs', import.meta.url),
)
const agentHost = fileURLToPath(new URL('../executor/agent-host.js', import.meta.url))
const built = fileURLToPath(new URL('../../../dist/executor.js', import.meta.url))
const executor: ExecutorRequest = {
  id: 'prog',
  command: [process.execPath, program],
  cpus: 0.1,
  mem: 32,
}
const to = (agentId: string) => ({ agentId, executorId: 'prog' })

function checkBuilt(): void {
  if (!existsSync(built)) throw new Error('the package is not built: run `npm run build`')
}

/** What the program says of its process. */
async function pidOf(client: Client, agentId: string): Promise<number> {
  client.framework.message(to(agentId), 'pid')
  const { pid } = await until('its id', () => {
    const said = client.words.at(-1)
    return said === undefined ? undefined : JSON.parse(said)
  })
  return Number(pid)
}

describe('Executors by the client: with a real master, agent and scheduler over HTTP', () => {
  test('tasks begin, end and fail, words go both ways, and it ends when it is told to', async () => {
    checkBuilt()
    const head = await master()
    await agent(head.place, { http: { authenticateExecutors: true }, workDir: temporaryFolder() })
    const client = new Client(head.place)
    const offer = await client.offer()
    client.framework.launch(
      offer,
      [
        { id: 'T1', executor, cpus: 0.1 },
        { id: 'T2', executor, cpus: 0.1, data: 'TASK_FINISHED' },
        { id: 'T3', executor, cpus: 0.1, data: 'throw' },
        { id: 'T4', executor, cpus: 0.1 },
      ],
      { refuseSeconds: 0 },
    )
    expect(await client.reaches('T2', 'TASK_FINISHED')).toMatchObject({
      message: 'at once',
      source: 'EXECUTOR',
      carried: { data: Buffer.from('done').toString('base64') },
    })
    expect(await client.reaches('T3', 'TASK_FAILED')).toMatchObject({ message: 'it cannot be' })
    await client.reaches('T1', 'TASK_RUNNING')
    await client.reaches('T4', 'TASK_RUNNING')
    client.framework.kill('T4')
    await client.reaches('T4', 'TASK_KILLED')
    const pid = await pidOf(client, offer.agentId)
    client.framework.shutdownExecutor(to(offer.agentId))
    expect(await client.reaches('T1', 'TASK_KILLED')).toMatchObject({ message: 'in time' })
    await until('its end', () => !isAlive(pid))
  })

  test('a task goes to an executor or runs a command, and not both', async () => {
    const head = await master()
    await agent(head.place)
    const client = new Client(head.place)
    const offer = await client.offer()
    const launch = (task: object) => () => client.framework.launch(offer, { id: 'T', ...task })
    expect(launch({})).toThrow('task T: give a command or an executor')
    expect(launch({ command: 'true', data: 'x' })).toThrow('data is for executors')
    expect(launch({ command: 'true', executor })).toThrow('not for a task that goes to an executor')
    expect(launch({ executor: { ...executor, id: '' } })).toThrow('the executor id is empty')
    expect(launch({ executor: { ...executor, ports: 3 } })).toThrow('executor prog')
  })
})

describe(...linuxOnly('Executors by the client: their agent is killed and started again'), () => {
  test('one goes on, hands over what it said meanwhile, and hears of new tasks', async () => {
    checkBuilt()
    const head = await master()
    const workDir = temporaryFolder()
    let port = '0'
    const start = async () => {
      const child = fork(agentHost, [head.place, workDir, port], { execArgv: [] })
      const gone = once(child, 'exit')
      onTestFinished(async () => {
        child.kill('SIGTERM')
        await gone
      })
      const [taken] = await once(child, 'message')
      port = String(taken)
      return () => {
        child.kill('SIGKILL')
        return gone
      }
    }
    const kill = await start()
    const client = new Client(head.place)
    const offer = await client.offer()
    client.framework.launch(offer, { id: 'T1', executor, cpus: 0.1 }, { refuseSeconds: 0 })
    await client.reaches('T1', 'TASK_RUNNING')
    const pid = await pidOf(client, offer.agentId)
    await kill()
    await start()
    await until('what it said alone', () =>
      client.updates.some(({ taskId, message }) => taskId === 'T1' && message === 'alone'),
    )
    const next = await until('an offer', () => client.offers.at(-1))
    client.framework.launch(next, { id: 'T2', executor, cpus: 0.1 })
    await client.reaches('T2', 'TASK_RUNNING')
    expect(await pidOf(client, offer.agentId)).toBe(pid)
    client.framework.message(to(offer.agentId), 'T1 TASK_FINISHED')
    await client.reaches('T1', 'TASK_FINISHED')
  })
})
