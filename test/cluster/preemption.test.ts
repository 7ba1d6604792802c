import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lineIn } from '../executors/harness.ts'
import { liveCluster } from '../support/live.ts'
import { kills, preemptiveWorld } from '../support/preemptive-world.ts'
import { begin, beginAll, running, story } from '../support/work.ts'
import { createWorld } from '../support/world.ts'

describe('Preemption: what a higher role asks for', () => {
  it('is taken from a lower one, whose newest task goes first and runs again afterwards', async () => {
    const { world, low, high } = await preemptiveWorld()
    const work = beginAll(low, 4)
    await world.settle()
    const urgent = begin(high)
    await world.advance(2_000)
    expect(running([urgent])).toEqual([0])
    expect(running(work)).toEqual([0, 1, 2])
    expect(kills(world)).toBe(1)
    urgent.held.finish('done')
    await world.settle()
    expect(running(work)).toEqual([0, 1, 2, 3])
    const [, , , last] = work
    last?.held.finish('late')
    await world.settle()
    if (last === undefined) throw new Error('four jobs were begun')
    expect(await last.task.done).toMatchObject({ state: 'TASK_FINISHED', attempts: 2 })
    expect(await story(last)).toContainEqual(
      expect.objectContaining({
        state: 'TASK_KILLED',
        reason: 'CONTAINER_PREEMPTED',
        message: 'ended to make room for the role high',
      }),
    )
  })

  it('costs a job none of its retries: it may still fail as often as it could before', async () => {
    const { world, low, high } = await preemptiveWorld({ agents: [{ cpus: 1 }] })
    const job = begin(low, { cpus: 1, retries: 1 })
    await world.settle()
    const urgent = begin(high)
    await world.advance(2_000)
    urgent.held.finish('done')
    await world.settle()
    expect(job.held.started).toBe(2)
    job.held.fail(new Error('a slip'))
    await world.advance(2_000)
    expect(job.held.started).toBe(3)
    job.held.finish('at last')
    await world.settle()
    expect(await job.task.done).toMatchObject({ state: 'TASK_FINISHED', attempts: 3 })
  })

  it('waits for the grace of a task that needs time to end', async () => {
    const { world, low, high } = await preemptiveWorld({ agents: [{ cpus: 1 }] })
    const deaf = begin(low, { cpus: 1, killGraceMs: 5_000 }, { isDeaf: true })
    await world.settle()
    const urgent = begin(high)
    await world.advance(3_000)
    expect(deaf.task.state).toBe('TASK_KILLING')
    expect(urgent.held.started).toBe(0)
    await world.advance(5_000)
    expect(urgent.held.started).toBe(1)
    expect(kills(world)).toBe(1)
  })

  it('is taken even if it was asked for in the breath in which its tenant was made', async () => {
    const world = await createWorld({
      agents: [{ cpus: 1 }],
      policy: 'priority-preemptive',
      priorities: { high: 1 },
    })
    begin(world.cluster.jobs('low'))
    await world.settle()
    const urgent = begin(world.cluster.jobs('high'))
    await world.advance(2_000)
    expect(urgent.held.started).toBe(1)
  })

  it('is taken from those who hold it, not from who was merely the last', async () => {
    const { world, low, high } = await preemptiveWorld({ agents: [{ cpus: 4, gpus: 1 }] })
    const work = [{ cpus: 1, gpus: 1 }, { cpus: 0.5 }, { cpus: 1 }].map((each) => begin(low, each))
    await world.settle()
    const urgent = begin(high, { cpus: 1, gpus: 1 })
    await world.advance(2_000)
    expect([running([urgent]), running(work)]).toEqual([[0], [1, 2]])
    expect(kills(world)).toBe(1)
  })

  it('is taken from the lowest role, on the agent where that is enough', async () => {
    const { world, low, high } = await preemptiveWorld({
      agents: [{ cpus: 1 }, { cpus: 1 }],
      priorities: { high: 2, middle: 1 },
    })
    const prefers = { agents: 'agent-1' }
    const middle = begin(world.cluster.jobs('middle'), { cpus: 1, prefers })
    await world.settle()
    const lowest = begin(low)
    await world.settle()
    const urgent = begin(high)
    await world.advance(2_000)
    expect(running([urgent, middle, lowest])).toEqual([0, 1])
    expect(kills(world)).toBe(1)
  })

  it('is compared where the paths of roles part', async () => {
    const { world } = await preemptiveWorld({
      agents: [{ cpus: 1 }],
      priorities: { eng: 1, 'eng/batch': -5 },
    })
    const ops = begin(world.cluster.jobs('ops'))
    await world.settle()
    const batch = begin(world.cluster.jobs('batch', { role: 'eng/batch' }))
    await world.advance(2_000)
    expect(running([ops, batch])).toEqual([1])
    const web = begin(world.cluster.jobs('web', { role: 'eng/web' }))
    await world.advance(2_000)
    expect(running([ops, batch, web])).toEqual([2])
  })
})

describe('Preemption: jobs that are ended for others', () => {
  it('stay ended when their owner has ended them too', async () => {
    const { world, low, high } = await preemptiveWorld({ agents: [{ cpus: 1 }] })
    const job = begin(low, { cpus: 1, killGraceMs: 5_000 }, { isDeaf: true })
    await world.settle()
    begin(high)
    await world.advance(2_000)
    job.task.kill()
    await world.advance(10_000)
    expect(await job.task.done).toMatchObject({ state: 'TASK_KILLED', attempts: 1 })
  })

  it('are told so by the signal: a lease, which is then over', async () => {
    const { world, low, high } = await preemptiveWorld({ agents: [{ cpus: 1 }] })
    const lease = await world.until(low.acquire({ cpus: 1 }))
    const urgent = begin(high)
    await world.advance(2_000)
    expect(lease.signal.aborted).toBe(true)
    expect(running([urgent])).toEqual([0])
    urgent.held.finish('done')
    await world.advance(2_000)
    expect(low.counts).toEqual({ waiting: 0, launched: 0 })
  })

  it('are real processes: asked to end, they clean up, and begin anew', async () => {
    const cluster = await liveCluster({
      agents: [{ cpus: 1, mem: 64 }],
      policy: 'priority-preemptive',
      priorities: { high: 1 },
      timeouts: { allocationIntervalMs: 50 },
    })
    const script = 'trap "echo cleaned; exit 0" TERM; echo begun; while :; do sleep 0.01; done'
    const task = cluster.jobs('low').submit({ command: script, cpus: 1 })
    const updates = task.updates[Symbol.asyncIterator]()
    const next = async (state: string) => {
      for (;;) {
        const { value, done } = await updates.next()
        if (done === true) throw new Error(`it ended before it was ${state}`)
        if (value.state === state) return value
      }
    }
    const { sandbox = '' } = await next('TASK_RUNNING')
    await lineIn(join(sandbox, 'stdout'))
    expect(await cluster.jobs('high').call(() => 'urgent', { cpus: 1 })).toBe('urgent')
    expect(await next('TASK_KILLED')).toMatchObject({ reason: 'CONTAINER_PREEMPTED', exitCode: 0 })
    const again = await next('TASK_RUNNING')
    expect(again.sandbox).not.toBe(sandbox)
    task.kill()
    expect(await task.done).toMatchObject({ state: 'TASK_KILLED', attempts: 2 })
  })
})
