import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ClusterOptions } from '../../src/cluster/options.ts'
import { lineIn } from '../executors/harness.ts'
import { liveCluster } from '../support/live.ts'
import { begin, running } from '../support/work.ts'
import { createWorld } from '../support/world.ts'

/** A cluster on which `high` may take what `low` has, and two tenants of these names. */
async function worldOf(options: ClusterOptions = {}) {
  const world = await createWorld({
    agents: [{ cpus: 4 }],
    policy: 'priority-preemptive',
    priorities: { high: 1 },
    ...options,
  })
  return { world, low: world.cluster.jobs('low'), high: world.cluster.jobs('high') }
}

describe('Preemption: jobs that are ended for others', () => {
  it('stay ended when their owner has ended them too', async () => {
    const { world, low, high } = await worldOf({ agents: [{ cpus: 1 }] })
    const job = begin(low, { cpus: 1, killGraceMs: 5_000 }, { isDeaf: true })
    await world.settle()
    begin(high)
    await world.advance(2_000)
    job.task.kill()
    await world.advance(10_000)
    expect(await job.task.done).toMatchObject({ state: 'TASK_KILLED', attempts: 1 })
  })

  it('are told so by the signal: a lease, which is then over', async () => {
    const { world, low, high } = await worldOf({ agents: [{ cpus: 1 }] })
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
