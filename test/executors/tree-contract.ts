import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Runner } from '../../src/actors/ports.ts'
import { createCommandRunner } from '../../src/executors/command-runner.ts'
import type { Processes } from '../../src/executors/processes.ts'
import {
  commandTask,
  isAlive,
  lineIn,
  linuxOnly,
  type Reports,
  runnerOf,
  temporaryFolder,
  until,
} from './harness.ts'

/** Starts a command that writes the id of the process in question to the file `pid`. */
async function startAndFind(runner: Runner, reports: Reports, command: string, taskId = 'a') {
  runner.start(commandTask(taskId, command))
  const { sandbox } = await reports.of('run.started', taskId)
  const pid = Number(await lineIn(join(sandbox ?? '', 'pid')))
  expect(isAlive(pid)).toBe(true)
  return pid
}

const dead = (pid: number) => until(`process ${pid} is dead`, () => !isAlive(pid))

const child = "sh -c 'echo $$ > pid; sleep 100; :'"
const setsidChild = `setsid ${child}`
const daemon = `(setsid sh -c 'sh -c "echo \\$\\$ > pid; sleep 100; :" &' &)`
const stubborn = 'trap "" TERM; echo $$ > pid; while :; do sleep 0.05; done'

/** What every way to start commands promises about the processes that come out of them. */
export function treeContract(name: string, make: (root: string) => Processes): void {
  describe(name, () => {
    const world = () => {
      const root = join(temporaryFolder(), 'sandboxes')
      return {
        root,
        ...runnerOf(createCommandRunner({ sandboxRoot: root, processes: make(root) })),
      }
    }

    test('Process tree: a grandchild in the group dies when its task is terminated', async () => {
      const { runner, reports } = world()
      const pid = await startAndFind(runner, reports, `${child} & wait`)
      runner.stop('a', 'terminate')
      expect(await reports.exited('a')).toMatchObject({ signal: 'SIGTERM' })
      await dead(pid)
    })

    test('Process tree: a process that ignores TERM is ended by a kill', async () => {
      const { runner, reports } = world()
      const pid = await startAndFind(runner, reports, stubborn)
      runner.stop('a', 'terminate')
      runner.stop('a', 'kill')
      expect(await reports.exited('a')).toMatchObject({ signal: 'SIGKILL' })
      await dead(pid)
    })

    test(...linuxOnly('Process tree: a setsid grandchild gets the TERM of its task'), async () => {
      const { runner, reports } = world()
      const told = 'trap "touch told; exit" TERM; echo $$ > pid; while :; do sleep 0.01; done'
      const waiting = 'until [ -e told ]; do sleep 0.01; done; exit 5'
      const command = `trap : TERM; setsid sh -c '${told}' & ${waiting}`
      const pid = await startAndFind(runner, reports, command)
      runner.stop('a', 'terminate')
      expect(await reports.exited('a')).toMatchObject({ exitCode: 5 })
      await dead(pid)
    })

    test(...linuxOnly('Process tree: a setsid grandchild dies with its killed task'), async () => {
      const { runner, reports } = world()
      const pid = await startAndFind(runner, reports, `${setsidChild} & wait`)
      runner.stop('a', 'kill')
      expect(await reports.exited('a')).toMatchObject({ signal: 'SIGKILL' })
      await dead(pid)
    })

    test(
      ...linuxOnly('Process tree: a double-forked daemon dies with its killed task'),
      async () => {
        const { runner, reports } = world()
        const pid = await startAndFind(runner, reports, `${daemon}; sleep 100; :`)
        runner.stop('a', 'kill')
        await reports.exited('a')
        await dead(pid)
      },
    )

    test(...linuxOnly('Process tree: a cleared environment does not hide a child'), async () => {
      const { runner, reports } = world()
      const pid = await startAndFind(runner, reports, `setsid env -i ${child} & wait`)
      runner.stop('a', 'kill')
      await reports.exited('a')
      await dead(pid)
    })

    test('Process tree: what stays in the group dies when the main process ends', async () => {
      const { runner, reports } = world()
      const pid = await startAndFind(
        runner,
        reports,
        `(${child}) & while [ ! -s pid ]; do sleep 0.01; done; sleep 0.2`,
      )
      expect(await reports.exited('a')).toMatchObject({ exitCode: 0 })
      await dead(pid)
    })

    test(...linuxOnly('Process tree: a daemon dies when the main process ends'), async () => {
      const { runner, reports } = world()
      const pid = await startAndFind(
        runner,
        reports,
        `${daemon}; while [ ! -s pid ]; do sleep 0.01; done; sleep 0.2`,
      )
      expect(await reports.exited('a')).toMatchObject({ exitCode: 0 })
      await dead(pid)
    })

    test(
      ...linuxOnly('Process tree: a task that ends leaves the processes of others'),
      async () => {
        const { root, runner, reports } = world()
        const kept = await startAndFind(runner, reports, `${daemon}; sleep 100; :`, 'kept')
        const other = runnerOf(createCommandRunner({ sandboxRoot: root, processes: make(root) }))
        const foreign = await startAndFind(other.runner, other.reports, `${daemon}; sleep 100; :`)
        const pid = await startAndFind(runner, reports, `${daemon}; sleep 100; :`)
        runner.stop('a', 'kill')
        await dead(pid)
        expect([isAlive(kept), isAlive(foreign)]).toEqual([true, true])
      },
    )

    test(
      ...linuxOnly('Process tree: close leaves no process, of ended tasks neither'),
      async () => {
        const { runner, reports } = world()
        const pids = [
          await startAndFind(runner, reports, stubborn, 'stubborn'),
          await startAndFind(runner, reports, `${setsidChild} & wait`, 'setsid'),
          await startAndFind(runner, reports, `${daemon}; sleep 100; :`, 'daemon'),
        ]
        const ended = `${daemon}; while [ ! -s pid ]; do sleep 0.01; done; sleep 0.1`
        pids.push(await startAndFind(runner, reports, ended, 'ended'))
        await reports.exited('ended')
        await runner.close()
        expect(pids.filter(isAlive)).toEqual([])
        expect(reports.all.filter((report) => report.type === 'run.exited')).toHaveLength(1)
      },
    )

    test('Process tree: close right after the start leaves no process', async () => {
      const { runner, reports } = world()
      for (let index = 0; index < 20; index += 1)
        runner.start(commandTask(`a${index}`, 'sleep 100'))
      await runner.close()
      expect(reports.all.filter((report) => report.type === 'run.exited')).toEqual([])
      runner.start(commandTask('after', 'true'))
      await runner.close()
      expect(reports.list('run.exited', 'after')).toEqual([])
    })
  })
}
