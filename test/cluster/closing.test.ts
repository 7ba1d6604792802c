import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createCluster } from '../../src/cluster.ts'
import { Deferred } from '../../src/frameworks/deferred.ts'
import type { TaskHandle } from '../../src/frameworks/jobs/task-handle.ts'
import { ClosedError, InvalidInputError } from '../../src/model/errors.ts'
import { isAlive, lineIn, linuxOnly, temporaryFolder } from '../executors/harness.ts'
import { Held } from '../support/held.ts'
import { liveCluster } from '../support/live.ts'
import { createWorld } from '../support/world.ts'

/** Waits until a command has written its process ids, and returns them. */
async function pidsOf(task: TaskHandle): Promise<number[]> {
  for await (const { state } of task.updates) if (state === 'TASK_RUNNING') break
  const { sandbox = '' } = task.status ?? {}
  return (await lineIn(join(sandbox, 'stdout'))).split(' ').map(Number)
}

describe('Closing a cluster: functions, on virtual time', () => {
  it('ends running and waiting work alike, each told why', async () => {
    const world = await createWorld({ agents: [{ cpus: 1 }] })
    const reports = world.cluster.jobs('reports')
    const [running, waiting] = [new Held(), new Held()]
    const values = [reports.call(running.work), reports.call(waiting.work)]
    const results = Promise.allSettled(values)
    await world.settle()
    await world.until(world.cluster.close())
    const reasons = (await results).map((result) => 'reason' in result && result.reason)
    expect(reasons).toMatchObject([
      { name: 'TaskEndedError', status: { state: 'TASK_KILLED' } },
      { name: 'TaskEndedError', status: { state: 'TASK_KILLED' } },
    ])
    expect(running.signals[0]?.aborted).toBe(true)
    expect(waiting.started).toBe(0)
    expect(world.cluster.snapshot()).toEqual({ agents: [], frameworks: [], offers: [] })
  })

  it('twice, or from several places at once, waits for one end', async () => {
    const world = await createWorld()
    const first = world.cluster.close()
    const second = world.cluster.close()
    await world.until(Promise.all([first, second]))
    await world.cluster.close()
  })

  it('a second time with less grace ends it sooner', async () => {
    const world = await createWorld()
    const value = world.cluster.jobs('reports').call((_signal) => new Promise(() => {}))
    value.catch(() => {})
    await world.settle()
    const closing = world.cluster.close({ graceMs: 3_600_000 })
    await world.advance(60_000)
    expect(value.task.state).toBe('TASK_KILLING')
    const again = world.cluster.close({ graceMs: 0 })
    await world.until(Promise.all([closing, again]), 20_000)
    expect(value.task.state).toBe('TASK_KILLED')
  })

  it('with a long grace waits for work that needs it', async () => {
    const world = await createWorld()
    const held = new Held()
    const tidy = (signal: AbortSignal): Promise<string> =>
      held.work(new AbortController().signal).then((text) => `${text}, ${signal.aborted}`)
    const value = world.cluster.jobs('reports').call(tidy, { killGraceMs: 1_000 })
    value.catch(() => {})
    await world.settle()
    const closing = world.cluster.close({ graceMs: 120_000 })
    await world.advance(90_000)
    expect(value.task.state).toBe('TASK_KILLING')
    held.finish('tidied up')
    await world.until(closing, 5_000)
    expect(value.task.state).toBe('TASK_KILLED')
  })

  it('at once after it was made leaves nothing behind', async () => {
    const cluster = await createCluster({ agents: [{ cpus: 1 }] })
    const reports = cluster.jobs('reports')
    const value = reports.call(() => 'never')
    const closing = cluster.close()
    await expect(value).rejects.toThrow(/TASK_KILLED/)
    await closing
  })

  it('stops own schedulers too', async () => {
    const world = await createWorld()
    const framework = world.cluster.framework({ name: 'mine' }, { offers: () => {} })
    await world.settle()
    await world.until(world.cluster.close())
    expect(await framework.ended).toBeUndefined()
  })

  it('refuses whatever is asked of it afterwards', async () => {
    const world = await createWorld()
    const reports = world.cluster.jobs('reports')
    const closing = world.cluster.close()
    const attempts = [
      () => world.cluster.jobs('more'),
      () => world.cluster.framework({ name: 'mine' }, { offers: () => {} }),
      () => reports.submit({ command: 'true' }),
      () => reports.call(() => 'never'),
      () => reports.acquire({ cpus: 1 }),
    ]
    for (const attempt of attempts) expect(attempt).toThrow(ClosedError)
    await world.until(closing)
    for (const attempt of attempts) expect(attempt).toThrow(ClosedError)
  })

  it('with a grace that is no time is refused, and the cluster lives on', async () => {
    const world = await createWorld()
    const reports = world.cluster.jobs('reports')
    await expect(world.cluster.close({ graceMs: Number.NaN })).rejects.toThrow(InvalidInputError)
    expect(await world.until(reports.call(() => 'alive'))).toBe('alive')
  })

  it('a single tenant leaves the others alone, and its name stays taken', async () => {
    const world = await createWorld()
    const [ads, search] = [world.cluster.jobs('ads'), world.cluster.jobs('search')]
    await world.until(ads.close())
    expect(() => ads.call(() => 'never')).toThrow(/ads takes no more jobs: the tenant was closed/)
    expect(await world.until(search.call(() => 'alive'))).toBe('alive')
    expect(world.cluster.snapshot().frameworks.map(({ name }) => name)).toEqual(['search'])
    await world.until(ads.close())
  })

  it('happens at the end of the block that uses it', async () => {
    let started = false
    {
      await using cluster = await createCluster({ agents: [{ cpus: 1 }] })
      started = (await cluster.jobs('reports').call(() => true)) === true
    }
    expect(started).toBe(true)
  })
})

describe('Closing a cluster: real processes', () => {
  it('asks them to end, and they may do so in their own way', async () => {
    const cluster = await liveCluster()
    const script = 'trap "exit 0" TERM; echo $$; while :; do sleep 0.01; done'
    const task = cluster.jobs('reports').submit({ command: script })
    const [pid = 0] = await pidsOf(task)
    await cluster.close({ graceMs: 10_000 })
    expect(await task.done).toMatchObject({ state: 'TASK_KILLED', exitCode: 0 })
    expect(isAlive(pid)).toBe(false)
  })

  it('forces one that does not listen, as soon as its grace is over', async () => {
    const cluster = await liveCluster()
    const script = 'trap "" TERM; echo $$; while :; do sleep 0.01; done'
    const task = cluster.jobs('reports').submit({ command: script, killGraceMs: 600_000 })
    const [pid = 0] = await pidsOf(task)
    const since = performance.now()
    await cluster.close({ graceMs: 300 })
    expect(performance.now() - since).toBeGreaterThanOrEqual(299)
    expect(await task.done).toMatchObject({ state: 'TASK_KILLED', signal: 'SIGKILL' })
    expect(isAlive(pid)).toBe(false)
  })

  it(
    ...linuxOnly('leaves no grandchild behind, not even one in a session of its own'),
    async () => {
      const cluster = await liveCluster()
      const script = 'setsid sleep 600 & echo $$ $!; wait'
      const tasks = ['one', 'two'].map((name) =>
        cluster.jobs(name).submit({ command: ['sh', '-c', script] }),
      )
      const pids = (await Promise.all(tasks.map(pidsOf))).flat()
      expect(pids.filter(isAlive)).toHaveLength(4)
      await cluster.close({ graceMs: 0 })
      expect(pids.filter(isAlive)).toEqual([])
    },
  )

  it('of an own scheduler ends them as well', async () => {
    const workDir = temporaryFolder()
    const cluster = await liveCluster({ workDir })
    const sandboxes: string[] = []
    const started = new Promise<string>((resolve) => {
      cluster.framework(
        { name: 'mine' },
        {
          offers: ([offer], reply) => {
            if (offer === undefined) return
            reply.launch(offer, { id: 'T1', command: 'echo $$; exec sleep 600', cpus: 1 })
          },
          update: ({ state, sandbox }) => {
            if (state === 'TASK_RUNNING' && sandbox !== undefined) resolve(sandbox)
          },
        },
      )
    })
    sandboxes.push(await started)
    const pid = Number(await lineIn(join(sandboxes[0] ?? '', 'stdout')))
    expect(isAlive(pid)).toBe(true)
    await cluster.close()
    expect(isAlive(pid)).toBe(false)
  })

  it('keeps the sandboxes of what ran', async () => {
    const cluster = await liveCluster()
    const task = cluster.jobs('reports').submit({ command: 'echo kept' })
    const { sandbox = '' } = await task.done
    await cluster.close()
    expect(await lineIn(join(sandbox, 'stdout'))).toBe('kept')
  })
})

describe('Closing a cluster: own schedulers', () => {
  it('a task that ignores SIGTERM does not outlive the grace of whoever closes', async () => {
    const cluster = await createCluster({ agents: [{ cpus: 1, mem: 64 }] })
    const running = new Deferred<void>()
    cluster.framework(
      { name: 'mine' },
      {
        offers([offer], reply) {
          if (offer === undefined) return
          const command = "trap '' TERM; while :; do sleep 1; done"
          reply.launch(offer, { id: 'deaf', command, cpus: 1, killGraceMs: 60_000 })
          reply.suppress()
        },
        update({ state }) {
          if (state === 'TASK_RUNNING') running.resolve()
        },
      },
    )
    await running.promise
    await cluster.close({ graceMs: 0 })
  })
})
