import { describe, expect, it } from 'vitest'
import type { Lease } from '../../../src/frameworks/jobs/lease.ts'
import { createWorld } from '../../support/world.ts'

async function worldWithGpus() {
  const world = await createWorld({ agents: [{ name: 'big', cpus: 4, mem: 4_096, gpus: 2 }] })
  return { world, tenant: world.cluster.jobs('training') }
}

describe('Leases: resources that are held', () => {
  it('are granted on one agent, several kinds at once, and count as used', async () => {
    const { world, tenant } = await worldWithGpus()
    const lease = await world.until(tenant.acquire({ gpus: 1, mem: 1_024, name: 'model' }))
    const [agent] = world.cluster.snapshot().agents
    expect(lease.resources).toEqual({ gpus: 1, mem: 1_024 })
    expect(lease.agentId).toBe(agent?.id)
    expect(agent?.used).toEqual({ gpus: 1, mem: 1_024 })
    expect(agent?.free).toEqual({ cpus: 4, mem: 3_072, gpus: 1 })
  })

  it('make the next one wait until they are released', async () => {
    const { world, tenant } = await worldWithGpus()
    const first = await world.until(tenant.acquire({ gpus: 2 }))
    const granted: Lease[] = []
    const second = tenant.acquire({ gpus: 1 }).then((lease) => granted.push(lease))
    await world.advance(120_000)
    expect(granted).toEqual([])
    first.release()
    await world.until(second)
    expect(granted).toHaveLength(1)
  })

  it('may be released twice', async () => {
    const { world, tenant } = await worldWithGpus()
    const lease = await world.until(tenant.acquire({ gpus: 2 }))
    lease.release()
    lease.release()
    await world.settle()
    expect(tenant.counts).toEqual({ waiting: 0, launched: 0 })
    expect(world.cluster.snapshot().agents[0]?.used).toEqual({})
  })

  it('are released at the end of the block that uses them, also when it throws', async () => {
    const { world, tenant } = await worldWithGpus()
    const block = async (): Promise<never> => {
      using lease = await tenant.acquire({ gpus: 2 })
      throw new Error(`failed with ${lease.resources.gpus} gpus`)
    }
    await expect(world.until(block())).rejects.toThrow('failed with 2 gpus')
    await world.settle()
    expect(world.cluster.snapshot().agents[0]?.used).toEqual({})
  })

  it('are taken away when the tenant is closed: their signal says so', async () => {
    const { world, tenant } = await worldWithGpus()
    const lease = await world.until(tenant.acquire({ gpus: 2 }))
    expect(lease.signal.aborted).toBe(false)
    await world.until(tenant.close())
    expect(lease.signal.aborted).toBe(true)
    expect(world.cluster.snapshot().agents[0]?.used).toEqual({})
    lease.release()
    await world.settle()
  })

  it('are still held when the signal aborts that waited for them', async () => {
    const { world, tenant } = await worldWithGpus()
    const controller = new AbortController()
    const lease = await world.until(tenant.acquire({ gpus: 2, signal: controller.signal }))
    controller.abort()
    await world.advance(60_000)
    expect(lease.signal.aborted).toBe(false)
    expect(world.cluster.snapshot().agents[0]?.used).toEqual({ gpus: 2 })
  })

  it('that no agent could ever grant reject at once and name what is short', async () => {
    const { tenant } = await worldWithGpus()
    await expect(tenant.acquire({ gpus: 3 })).rejects.toThrow(
      /can never run: it needs 3 gpus, the largest agent has 2/,
    )
  })

  it('are one cpu when nothing is said', async () => {
    const { world, tenant } = await worldWithGpus()
    expect((await world.until(tenant.acquire({}))).resources).toEqual({ cpus: 1 })
  })
})
