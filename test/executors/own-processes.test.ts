import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { OwnProcesses } from '../../src/executors/own-processes.ts'
import type { ProcessExit } from '../../src/executors/processes.ts'
import { Deferred } from '../../src/frameworks/deferred.ts'
import { linuxOnly } from './harness.ts'

/** Starts a command that would not end by itself, and waits until it runs. */
async function started(processes: OwnProcesses) {
  const sandbox = mkdtempSync(join(tmpdir(), 'mesostate-own-'))
  onTestFinished(() => rmSync(sandbox, { recursive: true, force: true }))
  const ended = new Deferred<ProcessExit>()
  const running = new Deferred<void>()
  const run = processes.start(
    {
      name: { frameworkId: 'F', executorId: 'E', taskId: 'T' },
      command: { value: 'setsid sleep 600 & exec sleep 600' },
      directory: sandbox,
      sandbox,
      environment: process.env,
    },
    {
      started: () => running.resolve(),
      refused: (error) => running.reject(new Error(String(error))),
      exited: (exit) => ended.resolve(exit),
    },
  )
  onTestFinished(() => run.close())
  await running.promise
  return { run, ended: ended.promise }
}

describe(...linuxOnly('Own processes: what an earlier life left'), () => {
  test('is ended by the next life of the same name, and nothing else is', async () => {
    const name = `test_${process.pid}`
    const [earlier, other] = [new OwnProcesses(name), new OwnProcesses(`${name}_other`)]
    const next = new OwnProcesses(name)
    const left = await started(earlier)
    const [own, foreign] = [await started(next), await started(other)]
    await next.endStrays()
    expect(await left.ended).toEqual({ signal: 'SIGKILL' })
    await left.run.gone
    const lives = Promise.resolve('lives')
    expect(await Promise.race([own.ended, foreign.ended, lives])).toBe('lives')
  })
})
