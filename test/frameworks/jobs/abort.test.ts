import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { ClosedError } from '../../../src/model/errors.ts'
import { Held } from '../../support/held.ts'
import { createWorld } from '../../support/world.ts'

/** One cpu that somebody holds already, so that everything else has to wait. */
async function busyWorld() {
  const world = await createWorld({ agents: [{ cpus: 1 }] })
  const tenant = world.cluster.jobs('reports')
  const holder = new Held()
  const held = tenant.call(holder.work)
  held.catch(() => {})
  await world.settle()
  const controller = new AbortController()
  return { world, tenant, holder, held, controller }
}

describe('AbortSignal: work that waits', () => {
  it('a call rejects with the reason that was given, at once', async () => {
    const { tenant, controller } = await busyWorld()
    const reason = new RangeError('changed my mind')
    const value = tenant.call(() => 'never', { signal: controller.signal })
    controller.abort(reason)
    await expect(value).rejects.toBe(reason)
    expect(value.task.state).toBe('TASK_KILLED')
    expect(tenant.counts.waiting).toBe(0)
  })

  it('a command ends as killed', async () => {
    const { tenant, controller } = await busyWorld()
    const task = tenant.submit({ command: 'true', signal: controller.signal })
    controller.abort()
    expect(await task.done).toMatchObject({ state: 'TASK_KILLED', attempts: 0 })
  })

  it('a module never starts its thread', async () => {
    const { tenant, controller } = await busyWorld()
    const value = tenant.run('no-such-module.js', { signal: controller.signal })
    controller.abort()
    await expect(value).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('a lease is not waited for any longer, and nobody else loses', async () => {
    const { world, tenant, holder, held, controller } = await busyWorld()
    const lease = tenant.acquire({ cpus: 1, signal: controller.signal })
    const other = tenant.acquire({ cpus: 1 })
    controller.abort()
    await expect(lease).rejects.toMatchObject({ name: 'AbortError' })
    holder.finish('done')
    await world.until(held)
    expect((await world.until(other)).resources).toEqual({ cpus: 1 })
  })

  it('a reason that is no error is put into one', async () => {
    const { tenant, controller } = await busyWorld()
    const value = tenant.call(() => 'never', { signal: controller.signal })
    controller.abort('because')
    await expect(value).rejects.toThrow(new ClosedError('aborted: because'))
  })
})

describe('AbortSignal: at other times', () => {
  it('a signal that is aborted already keeps the work from starting', async () => {
    const { tenant } = await busyWorld()
    const signal = AbortSignal.abort(new Error('too late'))
    await expect(tenant.call(() => 'never', { signal })).rejects.toThrow('too late')
    await expect(tenant.acquire({ signal })).rejects.toThrow('too late')
    expect(await tenant.submit({ command: 'true', signal }).done).toMatchObject({
      state: 'TASK_KILLED',
    })
    expect(tenant.counts).toEqual({ waiting: 0, launched: 1 })
  })

  it('while the function runs: its own signal aborts, and its promise has the reason', async () => {
    const world = await createWorld()
    const controller = new AbortController()
    const held = new Held()
    const reason = new Error('enough')
    const value = world.cluster.jobs('reports').call(held.work, { signal: controller.signal })
    await world.settle()
    controller.abort(reason)
    await expect(world.until(value)).rejects.toBe(reason)
    expect(held.signals[0]?.aborted).toBe(true)
  })

  it('after the end it changes nothing', async () => {
    const world = await createWorld()
    const controller = new AbortController()
    const value = world.cluster.jobs('reports').call(() => 'done', { signal: controller.signal })
    expect(await world.until(value)).toBe('done')
    controller.abort()
    await world.settle()
    expect(value.task.state).toBe('TASK_FINISHED')
  })

  it('one signal ends many jobs at once', async () => {
    const { tenant, controller } = await busyWorld()
    const { signal } = controller
    const tasks = Array.from({ length: 100 }, () => tenant.submit({ command: 'true', signal }))
    controller.abort()
    const results = await Promise.all(tasks.map(({ done }) => done))
    expect(new Set(results.map(({ state }) => state))).toEqual(new Set(['TASK_KILLED']))
  })

  it('retries end with it', async () => {
    const world = await createWorld()
    const controller = new AbortController()
    let tries = 0
    const value = world.cluster.jobs('reports').call(
      () => {
        tries++
        if (tries === 3) controller.abort(new Error('enough'))
        throw new Error('again')
      },
      { retries: 100, signal: controller.signal },
    )
    await expect(world.until(value)).rejects.toThrow('enough')
    expect(tries).toBe(3)
  })

  it('one signal serves a thousand jobs with one listener, and none when they have ended', async () => {
    const world = await createWorld()
    const tenant = world.cluster.jobs('reports')
    const { signal } = new AbortController()
    const values = Array.from({ length: 1_000 }, () => tenant.call(() => 'done', { signal }))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await expect(tenant.call(() => 'never', { cpus: 1_000, signal })).rejects.toThrow()
    await expect(tenant.acquire({ cpus: 1_000, signal })).rejects.toThrow()
    const lease = await world.until(tenant.acquire({ cpus: 1, signal }))
    lease.release()
    await world.until(Promise.all(values))
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
