import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { createCommandRunner } from '../../src/executors/command-runner.ts'
import type { Processes } from '../../src/executors/processes.ts'
import { commandTask, runnerOf, taskOf, temporaryFolder, until } from './harness.ts'

function read(folder: string | undefined, name: string): string {
  return readFileSync(join(folder ?? 'no sandbox', name), 'utf8')
}

const refusal = { succeeded: false, launched: false }

/** What every way to start commands promises to the tasks. */
export function commandContract(name: string, make: (root: string) => Processes): void {
  describe(name, () => {
    const world = () => {
      const root = join(temporaryFolder(), 'sandboxes')
      return {
        root,
        ...runnerOf(createCommandRunner({ sandboxRoot: root, processes: make(root) })),
      }
    }

    test('Command: its output, its end and its sandbox are there when its exit is told', async () => {
      const { root, runner, reports } = world()
      runner.start(commandTask('build', 'echo out; echo err >&2; pwd'))
      expect(reports.all).toEqual([])
      const sandbox = join(root, 'build')
      const exited = await reports.exited('build')
      expect(reports.all).toEqual([
        { type: 'run.started', taskId: 'build', sandbox },
        {
          type: 'run.exited',
          taskId: 'build',
          succeeded: true,
          launched: true,
          exitCode: 0,
          sandbox,
        },
      ])
      expect(read(exited.sandbox, 'stdout')).toBe(`out\n${sandbox}\n`)
      expect(read(exited.sandbox, 'stderr')).toBe('err\n')
      expect(read(exited.sandbox, 'exit-status')).toBe('0\n')
    })

    test('Command: each run gets a sandbox of its own, also of the same task', async () => {
      const { root, runner, reports } = world()
      runner.start(commandTask('again', 'echo 1'))
      const first = await reports.exited('again')
      const other = runnerOf(createCommandRunner({ sandboxRoot: root, processes: make(root) }))
      other.runner.start(commandTask('again', 'echo 2'))
      const second = await other.reports.exited('again')
      expect(dirname(second.sandbox ?? '')).toBe(root)
      expect(read(first.sandbox, 'stdout')).toBe('1\n')
      expect(read(second.sandbox, 'stdout')).toBe('2\n')
    })

    test('Command: the longest legal ids have sandboxes too', async () => {
      const { root, runner, reports } = world()
      const wide = '\u{1F680}'.repeat(127)
      for (const taskId of ['x'.repeat(255), wide, '-rf', '~', 'a b$(c)']) {
        runner.start(commandTask(taskId, 'true'))
        expect(await reports.exited(taskId)).toMatchObject({ succeeded: true })
      }
      runner.start(commandTask('y'.repeat(255), 'true'))
      await reports.exited('y'.repeat(255))
      const again = runnerOf(createCommandRunner({ sandboxRoot: root, processes: make(root) }))
      again.runner.start(commandTask('y'.repeat(255), 'true'))
      expect(await again.reports.exited('y'.repeat(255))).toMatchObject({ succeeded: true })
      expect(readdirSync(root)).toHaveLength(7)
    })

    test.each([
      [3, 'exited with code 3'],
      [126, 'exited with code 126: the shell found the command but may not execute it'],
      [127, 'exited with code 127: the shell did not find the command'],
    ])('Command: exit code %i is a failure with a sentence', async (exitCode, message) => {
      const { runner, reports } = world()
      runner.start(commandTask('a', `exit ${exitCode}`))
      const exited = await reports.exited('a')
      expect(exited).toMatchObject({ succeeded: false, launched: true, exitCode, message })
      expect(read(exited.sandbox, 'exit-status')).toBe(`${exitCode}\n`)
    })

    test('Command: an end by a signal is told as such', async () => {
      const { runner, reports } = world()
      runner.start(commandTask('a', 'kill -USR1 $$'))
      const exited = await reports.exited('a')
      expect(exited).toMatchObject({ signal: 'SIGUSR1', message: 'ended by signal SIGUSR1' })
      expect(exited).not.toHaveProperty('exitCode')
      expect(read(exited.sandbox, 'exit-status')).toBe('SIGUSR1\n')
    })

    test('Command: a stopped one is told with its real end', async () => {
      const { runner, reports } = world()
      const waits = 'while :; do sleep 0.05; done'
      runner.start(commandTask('polite', `trap 'exit 9' TERM; echo ready; ${waits}`))
      runner.start(commandTask('plain', `echo ready; ${waits}`))
      for (const taskId of ['polite', 'plain']) {
        const { sandbox } = await reports.of('run.started', taskId)
        await until('the trap is set', () => read(sandbox, 'stdout') === 'ready\n')
        runner.stop(taskId, 'terminate')
      }
      expect(await reports.exited('polite')).toMatchObject({ exitCode: 9, succeeded: false })
      expect(await reports.exited('plain')).toMatchObject({ signal: 'SIGTERM' })
    })

    test('Command: without a shell the arguments arrive as they are', async () => {
      const { runner, reports } = world()
      const program = { shell: false, arguments: ['-c', 'printf "%s|" "$@"', 'sh', '$HOME', 'a b'] }
      runner.start(commandTask('a', '/bin/sh', program))
      const { sandbox } = await reports.exited('a')
      expect(read(sandbox, 'stdout')).toBe('$HOME|a b|')
    })

    test('Command: arguments and variables may be empty, or hold any character', async () => {
      const { runner, reports } = world()
      const value = 'a=b\n\t\u{1F680}\\ "\''
      const program = {
        shell: false,
        arguments: ['-c', 'printf "%s|" "$@" "$EMPTY" "$ANY"', 'sh', '', value, ''],
        environment: { EMPTY: '', ANY: value },
      }
      runner.start(commandTask('a', '/bin/sh', program))
      const { sandbox } = await reports.exited('a')
      expect(read(sandbox, 'stdout')).toBe(`|${value}|||${value}|`)
    })

    test('Command: it inherits the environment, adds its own and is told about itself', async () => {
      vi.stubEnv('INHERITED', 'from outside')
      vi.stubEnv('REPLACED', 'from outside')
      const { runner, reports } = world()
      const environment = { REPLACED: 'from the task', OWN: 'own', MESOSTATE_TASK_ID: 'a lie' }
      runner.start(commandTask('a', 'env', { environment }))
      const { sandbox } = await reports.exited('a')
      const variables = read(sandbox, 'stdout').split('\n')
      expect(variables).toEqual(
        expect.arrayContaining([
          'INHERITED=from outside',
          'REPLACED=from the task',
          'OWN=own',
          'MESOSTATE_TASK_ID=a',
          'MESOSTATE_AGENT_ID=agent-1',
          `MESOSTATE_SANDBOX=${sandbox}`,
          'MESOS_TASK_ID=a',
          `MESOS_SANDBOX=${sandbox}`,
        ]),
      )
    })

    test('Command: a variable that changes between two starts is seen by the second', async () => {
      const { runner, reports } = world()
      vi.stubEnv('CHANGING', 'first')
      runner.start(commandTask('a', 'echo $CHANGING'))
      await nextTurn()
      vi.stubEnv('CHANGING', 'second')
      runner.start(commandTask('b', 'echo $CHANGING'))
      expect(read((await reports.exited('a')).sandbox, 'stdout')).toBe('first\n')
      expect(read((await reports.exited('b')).sandbox, 'stdout')).toBe('second\n')
    })

    test('Command: input is empty, so that nothing waits for a keyboard', async () => {
      const { runner, reports } = world()
      runner.start(commandTask('a', 'cat; echo end'))
      expect(read((await reports.exited('a')).sandbox, 'stdout')).toBe('end\n')
    })

    test('Command: another working directory holds, and the output stays in the sandbox', async () => {
      const { runner, reports } = world()
      const workingDirectory = temporaryFolder()
      runner.start(commandTask('a', 'touch made-here; echo hello', { workingDirectory }))
      const { sandbox } = await reports.exited('a')
      expect(existsSync(join(workingDirectory, 'made-here'))).toBe(true)
      expect(read(sandbox, 'stdout')).toBe('hello\n')
    })

    test('Command: a working directory that is missing or a file is not launched', async () => {
      const { runner, reports } = world()
      runner.start(commandTask('a', 'true', { workingDirectory: '/no/such/folder' }))
      expect(await reports.exited('a')).toMatchObject({
        ...refusal,
        message: 'the working directory /no/such/folder does not exist',
      })
      runner.start(commandTask('b', 'true', { workingDirectory: '/etc/passwd' }))
      expect(await reports.exited('b')).toMatchObject({
        ...refusal,
        message: 'the working directory /etc/passwd is not a directory',
      })
      expect(reports.list('run.started', 'a')).toEqual([])
    })

    test('Command: a program that does not exist is not launched', async () => {
      const { runner, reports } = world()
      runner.start(commandTask('a', 'no-such-program', { shell: false }))
      expect(reports.all).toEqual([])
      expect(await reports.exited('a')).toMatchObject({
        ...refusal,
        message:
          'command `no-such-program` was not found: give a name that is in PATH, or the full path',
      })
      runner.start(commandTask('b', 'echo hello', { shell: false }))
      expect((await reports.exited('b')).message).toContain('put the rest into arguments')
    })

    test('Command: a file that is no program is not launched', async () => {
      const { runner, reports } = world()
      const path = join(temporaryFolder(), 'notes.txt')
      writeFileSync(path, 'not a program')
      chmodSync(path, 0o644)
      runner.start(commandTask('a', path, { shell: false }))
      const exited = await reports.exited('a')
      expect(exited).toMatchObject(refusal)
      expect(exited.message).toContain('may not be executed')
    })

    test('Command: what spawn refuses outright is a report as well', async () => {
      const { runner, reports } = world()
      runner.start(commandTask('a', 'echo \u0000'))
      runner.start(commandTask('b', `: ${'x'.repeat(200_000)}`))
      runner.start(taskOf('c'))
      for (const taskId of ['a', 'b', 'c']) {
        expect(await reports.exited(taskId)).toMatchObject(refusal)
      }
      expect(reports.list('run.exited', 'c')[0]?.message).toBe('the task has no command')
    })

    test('Command: a sandbox that cannot be made is a report', async () => {
      const { runner, reports } = runnerOf(
        createCommandRunner({
          sandboxRoot: '/etc/passwd/x',
          processes: make(join(temporaryFolder(), 'x')),
        }),
      )
      runner.start(commandTask('a', 'true'))
      const exited = await reports.exited('a')
      expect(exited).toMatchObject(refusal)
      expect(exited.message).toContain('the sandbox could not be made: ENOTDIR')
    })

    test('Command: 200 MB of output do not pass through memory', async () => {
      const { runner, reports } = world()
      const before = process.memoryUsage().rss
      let peak = before
      const sampling = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage().rss)
      }, 5)
      runner.start(commandTask('a', 'head -c 200000000 /dev/zero; head -c 7 /dev/zero >&2'))
      const { sandbox } = await reports.exited('a')
      clearInterval(sampling)
      expect(readdirSync(sandbox ?? '').sort()).toEqual(['exit-status', 'stderr', 'stdout'])
      expect(read(sandbox, 'stderr')).toHaveLength(7)
      expect(peak - before).toBeLessThan(30e6)
    })

    test('Command: no file stays open after many tasks', async () => {
      const { runner, reports } = world()
      const ids = Array.from({ length: 50 }, (_, index) => `task-${index}`)
      const openFiles = () =>
        existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0
      runner.start(commandTask('warm-up', 'true'))
      await reports.exited('warm-up')
      const before = openFiles()
      for (const taskId of ids) runner.start(commandTask(taskId, 'true'))
      await Promise.all(ids.map((taskId) => reports.exited(taskId)))
      expect(openFiles()).toBeLessThanOrEqual(before + 2)
    })
  })
}
