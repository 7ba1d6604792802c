import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { RealClock } from '../../../src/actors/real-clock.ts'
import { EnvelopeChecker } from '../../../src/messages/checker.ts'
import { WebSocketHub } from '../../../src/transports/websocket/hub.ts'
import { isAlive, linuxOnly, temporaryFolder, until } from '../../executors/harness.ts'
import { FakeMaster, frameworkId, program, taskOf } from './support.ts'

const script = fileURLToPath(new URL('./agent-host.js', import.meta.url))
const built = fileURLToPath(new URL('../../../dist/index.js', import.meta.url))

/** A master in this process, and agents in others, which come one after the other. */
async function cluster() {
  if (!existsSync(built)) throw new Error('the package is not built: run `npm run build`')
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const place = server.address()
  if (typeof place !== 'object' || place === null) throw new Error('no port')
  const hub = new WebSocketHub({
    clock: new RealClock(),
    server,
    token: 'a-token-for-tests',
    check: new EnvelopeChecker(),
  })
  onTestFinished(() => {
    hub.close()
    server.close()
  })
  const master = new FakeMaster(hub)
  const workDir = temporaryFolder()
  let port = '0'
  const start = async () => {
    const child = fork(script, [`127.0.0.1:${place.port}`, workDir, port], { execArgv: [] })
    const gone = once(child, 'exit')
    onTestFinished(async () => {
      child.kill('SIGTERM')
      await gone
    })
    const [taken] = await once(child, 'message')
    port = String(taken)
    const kill = async () => {
      child.kill('SIGKILL')
      await gone
    }
    return { kill }
  }
  return { master, start }
}

/** What the program of the executor says of itself. */
async function pidOf(master: FakeMaster, id = 'prog'): Promise<number> {
  master.say('pid', id)
  return Number(await until('its id', () => master.words(id).find((word) => /^\d+$/.test(word))))
}

describe(
  ...linuxOnly('Executors that are programs: their agent is killed and started again'),
  () => {
    test('one lives on, one that died has failed, and the tasks of one that stays away are gone', async () => {
      const { master, start } = await cluster()
      const first = await start()
      for (const id of ['prog', 'dead', 'away']) master.launch(taskOf(`T-${id}`, program(id)))
      for (const id of ['prog', 'dead', 'away']) await master.reaches(`T-${id}`, 'TASK_RUNNING')
      master.launch(taskOf('T-2', program()))
      await master.reaches('T-2', 'TASK_RUNNING')
      const [pid, dead, away] = [
        await pidOf(master, 'prog'),
        await pidOf(master, 'dead'),
        await pidOf(master, 'away'),
      ]
      master.say('later 200 T-prog TASK_FINISHED')
      master.say('stay away', 'away')
      for (const id of ['prog', 'away']) {
        master.say('ready', id)
        await until('it has heard', () => master.words(id).includes('ready'))
      }
      await first.kill()
      process.kill(dead, 'SIGKILL')
      master.heard.length = 0
      await start()
      await master.reaches('T-prog', 'TASK_FINISHED')
      expect(await master.reaches('T-dead', 'TASK_FAILED')).toMatchObject({
        reason: 'EXECUTOR_TERMINATED',
      })
      expect(await master.reaches('T-away', 'TASK_GONE')).toMatchObject({
        reason: 'EXECUTOR_REREGISTRATION_TIMEOUT',
      })
      await until('its end', () => !isAlive(away))
      expect(master.states('T-2')).toEqual([])
      const [returned] = master.of('lifecycle.reregisterAgent')
      const ids = returned?.executors?.map(({ executor }) => executor.executorId)
      expect(ids).toContain('prog')
      master.launch(taskOf('T-3', program()))
      await master.reaches('T-3', 'TASK_RUNNING')
      expect(await pidOf(master, 'prog')).toBe(pid)
    })

    test('one of a framework that did not want to outlive its agent ends itself', async () => {
      const { master, start } = await cluster()
      master.framework = { ...master.framework, checkpoint: false }
      const first = await start()
      master.launch(taskOf('T1', program()))
      await master.reaches('T1', 'TASK_RUNNING')
      const pid = await pidOf(master)
      await first.kill()
      await until('its end', () => !isAlive(pid))
    })

    test('a group goes on, and still ends together', async () => {
      const { master, start } = await cluster()
      const first = await start()
      const executor = { executorId: 'pod', type: 'DEFAULT' as const }
      const member = (taskId: string, value: string) => ({
        ...taskOf(taskId, executor),
        command: { value },
      })
      const flag = `${temporaryFolder()}/go`
      const tasks = [
        member('G1', 'sleep 100'),
        member('G2', `while [ ! -e ${flag} ]; do sleep 0.02; done; exit 7`),
      ]
      const { framework } = master
      master.tell({ type: 'task.launchGroup', frameworkId, framework, executor, tasks })
      await master.reaches('G1', 'TASK_RUNNING')
      await master.reaches('G2', 'TASK_RUNNING')
      await first.kill()
      await start()
      writeFileSync(flag, '')
      expect(await master.reaches('G2', 'TASK_FAILED')).toMatchObject({ exitCode: 7 })
      await master.reaches('G1', 'TASK_KILLED')
      await until('the end of the executor', () =>
        master.of('lifecycle.executorExited').some(({ executorId }) => executorId === 'pod'),
      )
    })
  },
)
