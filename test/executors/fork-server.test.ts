import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createCommandRunner } from '../../src/executors/command-runner.ts'
import { ForkServer } from '../../src/executors/fork-server.ts'
import { OwnProcesses } from '../../src/executors/own-processes.ts'
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
import { Killable } from './killable.ts'

async function prepared() {
  const forks = new ForkServer()
  // After its commands have ended.
  onTestFinished(() => void forks.release())
  await forks.prepare()
  return forks
}

/** A runner whose commands the server forks. */
function worldOf(forks: ForkServer) {
  const processes = new OwnProcesses(undefined, forks)
  const root = join(temporaryFolder(), 'sandboxes')
  return { root, ...runnerOf(createCommandRunner({ sandboxRoot: root, processes })) }
}

function parentOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1])
}

async function pidOf(reports: Reports, taskId: string): Promise<number> {
  const { sandbox = '' } = await reports.of('run.started', taskId)
  return Number(await lineIn(join(sandbox, 'stdout')))
}

const waiting = 'echo $$; exec sleep 100'

describe('Fork server', () => {
  test(
    ...linuxOnly('commands are no children of this process, which hears of their ends'),
    async () => {
      const { runner, reports } = worldOf(await prepared())
      runner.start(commandTask('a', 'trap "exit 7" TERM; echo $$; while :; do sleep 0.01; done'))
      const pid = await pidOf(reports, 'a')
      expect(parentOf(pid)).not.toBe(process.pid)
      runner.stop('a', 'terminate')
      expect(await reports.exited('a')).toMatchObject({ exitCode: 7, launched: true })
    },
  )

  test(...linuxOnly('a command that is stopped before it began ends at once'), async () => {
    const { runner, reports } = worldOf(await prepared())
    runner.start(commandTask('a', waiting))
    runner.stop('a', 'terminate')
    runner.stop('a', 'kill')
    expect(await reports.exited('a')).toMatchObject({ signal: 'SIGKILL', launched: true })
  })

  test(
    ...linuxOnly('released with a command that runs, it ends with that; a new one follows'),
    async () => {
      const forks = await prepared()
      const { runner, reports } = worldOf(forks)
      runner.start(commandTask('a', waiting))
      const server = parentOf(await pidOf(reports, 'a'))
      const released = forks.release()
      runner.start(commandTask('b', waiting))
      expect(parentOf(await pidOf(reports, 'b'))).toBe(process.pid)
      expect(isAlive(server)).toBe(true)
      runner.stop('a', 'kill')
      await released
      expect(isAlive(server)).toBe(false)
      await forks.prepare()
      runner.start(commandTask('c', waiting))
      expect(parentOf(await pidOf(reports, 'c'))).not.toBe(process.pid)
    },
  )

  test(
    ...linuxOnly('killed with commands that run: none is left, and their ends are told'),
    async () => {
      const { runner, reports } = worldOf(await prepared())
      runner.start(commandTask('a', waiting))
      runner.start(commandTask('b', `setsid sh -c '${waiting}'`))
      const pids = [await pidOf(reports, 'a'), await pidOf(reports, 'b')]
      process.kill(parentOf(pids[0] ?? 0), 'SIGKILL')
      runner.start(commandTask('c', 'true'))
      const message = expect.stringContaining('nobody knows how it ended')
      for (const task of ['a', 'b', 'c']) {
        expect(await reports.exited(task)).toMatchObject({ succeeded: false, message })
      }
      for (const pid of pids) await until(`${pid} has ended`, () => !isAlive(pid))
      runner.start(commandTask('d', 'exit 3'))
      expect(await reports.exited('d')).toMatchObject({ exitCode: 3 })
    },
  )

  test(
    ...linuxOnly('asked to end like all processes of a service, it still tells the ends'),
    async () => {
      const { runner, reports } = worldOf(await prepared())
      runner.start(commandTask('a', waiting))
      const pid = await pidOf(reports, 'a')
      const server = parentOf(pid)
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.kill(server, signal)
      process.kill(pid, 'SIGINT')
      expect(await reports.exited('a')).toMatchObject({ signal: 'SIGINT' })
    },
  )

  test(...linuxOnly('its agent is killed: the commands end with it'), async () => {
    const agent = new Killable(temporaryFolder(), 'forked')
    await agent.start(commandTask('a', waiting), commandTask('b', waiting))
    const pids = [await pidOf(agent.reports, 'a'), await pidOf(agent.reports, 'b')]
    await agent.kill()
    for (const pid of pids) await until(`${pid} has ended`, () => !isAlive(pid))
  })

  test(...linuxOnly('a hundred commands at once have a hundred ends'), async () => {
    const { runner, reports } = worldOf(await prepared())
    const codes = Array.from({ length: 100 }, (_, code) => code)
    for (const code of codes) runner.start(commandTask(String(code), `exit ${code}`))
    const exits = await Promise.all(codes.map((code) => reports.exited(String(code))))
    expect(exits.map(({ exitCode }) => exitCode)).toEqual(codes)
  })

  test(...linuxOnly('one whose program takes long to begin holds up no other'), async () => {
    const processes = new OwnProcesses(undefined, await prepared())
    const begin = (sandbox: string): string[] => {
      const events: string[] = []
      processes.start(
        {
          name: { frameworkId: 'F', executorId: 'E', taskId: sandbox },
          command: { value: 'true', shell: false },
          ...{ directory: sandbox, sandbox, environment: process.env },
        },
        {
          started: () => events.push('started'),
          refused: (error) => events.push(String(error)),
          exited: ({ exitCode }) => events.push(`exit ${exitCode}`),
        },
      )
      return events
    }
    // Its output can be opened as soon as somebody reads it, and not before.
    const sandbox = temporaryFolder()
    const output = join(sandbox, 'stdout')
    execFileSync('mkfifo', [output])
    const slow = begin(sandbox)
    const quick = begin(temporaryFolder())
    await until('the quick one has ended', () => quick.length === 2)
    expect(quick).toEqual(['started', 'exit 0'])
    expect(slow).toEqual([])
    readFileSync(output)
    await until('the slow one has ended', () => slow.length === 2)
    expect(slow).toEqual(['started', 'exit 0'])
  })

  test('without perl commands run all the same', async () => {
    vi.stubEnv('PATH', temporaryFolder())
    const forks = await prepared()
    expect(forks.isReady).toBe(false)
    const { runner, reports } = worldOf(forks)
    runner.start(commandTask('a', 'exit 4'))
    expect(await reports.exited('a')).toMatchObject({ exitCode: 4 })
  })
})
