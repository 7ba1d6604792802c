import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lineIn } from '../../executors/harness.ts'
import { liveCluster } from '../../support/live.ts'

/** Real time and real processes: what a user of the embedding API sees. */
describe('Commands: a real process', () => {
  it('goes from staging over starting and running to finished, with its output in a sandbox', async () => {
    const cluster = await liveCluster()
    const task = cluster.jobs('reports').submit({
      command: 'echo "hello $WHO"; echo oops >&2; pwd',
      env: { WHO: 'world' },
      mem: 64,
    })
    const states: string[] = []
    for await (const { state } of task.updates) states.push(state)
    expect(states).toEqual(['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED'])
    const { sandbox = '', ...result } = await task.done
    expect(result).toMatchObject({ state: 'TASK_FINISHED', exitCode: 0, attempts: 1 })
    expect(isAbsolute(sandbox)).toBe(true)
    expect(readFileSync(join(sandbox, 'stdout'), 'utf8')).toBe(`hello world\n${sandbox}\n`)
    expect(readFileSync(join(sandbox, 'stderr'), 'utf8')).toBe('oops\n')
    const { queuedAtMs, startedAtMs = 0, endedAtMs } = result
    expect(queuedAtMs).toBeLessThanOrEqual(startedAtMs)
    expect(startedAtMs).toBeLessThanOrEqual(endedAtMs)
  })

  it('that exits with 3 has failed, and says so', async () => {
    const cluster = await liveCluster()
    const result = await cluster.jobs('reports').submit({ command: 'exit 3' }).done
    expect(result).toMatchObject({ state: 'TASK_FAILED', exitCode: 3 })
    expect(result.message).toMatch(/3/)
  })

  it('of a program that does not exist could not be launched', async () => {
    const cluster = await liveCluster()
    const task = cluster.jobs('reports').submit({ command: ['no-such-program', '--help'] })
    expect(await task.done).toMatchObject({
      state: 'TASK_FAILED',
      reason: 'CONTAINER_LAUNCH_FAILED',
      message: expect.stringMatching(/no-such-program/),
    })
  })

  it('whose arguments look like shell gets them as they are', async () => {
    const cluster = await liveCluster()
    const task = cluster.jobs('reports').submit({ command: ['echo', '$HOME; *'] })
    const { sandbox = '' } = await task.done
    expect(readFileSync(join(sandbox, 'stdout'), 'utf8')).toBe('$HOME; *\n')
  })

  it('that is killed gets time to clean up', async () => {
    const cluster = await liveCluster()
    const script = 'trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.01; done'
    const task = cluster.jobs('reports').submit({ command: script })
    await reach(task.updates, 'TASK_RUNNING')
    const { sandbox = '' } = task.status ?? {}
    await lineIn(join(sandbox, 'stdout'))
    task.kill({ graceMs: 5_000 })
    expect((await task.done).state).toBe('TASK_KILLED')
    expect(readFileSync(join(sandbox, 'stdout'), 'utf8')).toBe('ready\nbye\n')
  })

  it('is tried again when it fails, each time in a sandbox of its own', async () => {
    const cluster = await liveCluster()
    const marker = join(cluster.workDir, 'marker')
    const task = cluster.jobs('reports').submit({
      command: `test -e "${marker}" || { touch "${marker}"; exit 1; }`,
      retries: 1,
    })
    const sandboxes = new Set<string>()
    for await (const { sandbox } of task.updates) if (sandbox !== undefined) sandboxes.add(sandbox)
    expect(await task.done).toMatchObject({ state: 'TASK_FINISHED', attempts: 2 })
    expect(sandboxes.size).toBe(2)
    expect([...sandboxes].every((sandbox) => existsSync(sandbox))).toBe(true)
  })
})

describe('Modules: a worker thread', () => {
  it('returns what its default export returns, for the input it is given', async () => {
    const cluster = await liveCluster()
    const module = new URL('../../support/fixtures/double.js', import.meta.url)
    const value = cluster.jobs('images').run<number>(module, { cpus: 0.5 }, { number: 21 })
    expect(await value).toBe(42)
    expect(await value.task.done).toMatchObject({ state: 'TASK_FINISHED', name: 'module' })
  })

  it('of a module without a default export says what is missing', async () => {
    const cluster = await liveCluster()
    const module = new URL('../../support/fixtures/no-default.js', import.meta.url)
    const value = cluster.jobs('images').run(module)
    await expect(value).rejects.toThrow(/no-default.js has no function as default export/)
    expect(await value.task.done).toMatchObject({ state: 'TASK_FAILED' })
  })

  it('of a module that does not exist names it', async () => {
    const cluster = await liveCluster()
    const value = cluster.jobs('images').run(new URL('nowhere.js', import.meta.url))
    await expect(value).rejects.toThrow(/nowhere\.js/)
  })

  it('that throws rejects with an error of the same kind', async () => {
    const cluster = await liveCluster()
    const module = new URL('../../support/fixtures/double.js', import.meta.url)
    const value = cluster.jobs('images').run(module, {}, { number: 'no number' })
    await expect(value).rejects.toThrow(new TypeError('number is a string'))
  })
})

async function reach(updates: AsyncIterable<{ state: string }>, wanted: string): Promise<void> {
  for await (const { state } of updates) if (state === wanted) return
}
