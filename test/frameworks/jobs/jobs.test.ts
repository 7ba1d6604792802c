import { describe, expect, it } from 'vitest'
import type { TaskHandle } from '../../../src/frameworks/jobs/task-handle.ts'
import type { TaskStatus } from '../../../src/messages/index.ts'
import { TaskEndedError } from '../../../src/model/errors.ts'
import { Held } from '../../support/held.ts'
import { createWorld } from '../../support/world.ts'

/** Every state of a task from its first to its last, as the owner of its handle sees them. */
async function statesOf(task: TaskHandle): Promise<string[]> {
  const states: string[] = []
  for await (const { state } of task.updates) states.push(state)
  return states
}

describe('Jobs: a function', () => {
  it('runs when there is room, and its promise is what it returns', async () => {
    const world = await createWorld()
    const reports = world.cluster.jobs('reports')
    const sum = reports.call(async () => 1 + 1, { cpus: 0.5, name: 'sum' })
    expect(reports.counts).toEqual({ waiting: 1, launched: 0 })
    expect(await world.until(sum)).toBe(2)
    const result = await world.until(sum.task.done)
    expect(result).toMatchObject({ id: 'sum-1', name: 'sum', state: 'TASK_FINISHED', attempts: 1 })
    expect(reports.counts).toEqual({ waiting: 0, launched: 0 })
  })

  it('goes through staging and running to its end, without a starting of its own', async () => {
    const world = await createWorld()
    const held = new Held()
    const value = world.cluster.jobs('reports').call(held.work)
    const states = statesOf(value.task)
    expect(value.task.state).toBeUndefined()
    await world.settle()
    expect(value.task.state).toBe('TASK_RUNNING')
    held.finish('done')
    expect(await world.until(states)).toEqual(['TASK_STAGING', 'TASK_RUNNING', 'TASK_FINISHED'])
  })

  it('shows every loop over its updates all of them, also when it has ended', async () => {
    const world = await createWorld()
    const value = world.cluster.jobs('reports').call(() => 'done')
    const early = statesOf(value.task)
    await world.until(value)
    const late = statesOf(value.task)
    expect(await world.until(late)).toEqual(await early)
    expect(await early).toHaveLength(3)
  })

  it('a loop that is left early does not disturb another', async () => {
    const world = await createWorld()
    const held = new Held()
    const { task } = world.cluster.jobs('reports').call(held.work)
    const firstOnly = async (): Promise<TaskStatus | undefined> => {
      for await (const status of task.updates) return status
      return undefined
    }
    const all = statesOf(task)
    expect((await world.until(firstOnly()))?.state).toBe('TASK_STAGING')
    held.finish('done')
    expect(await world.until(all)).toHaveLength(3)
  })

  it('that throws rejects with the very same error, and its task has failed', async () => {
    const world = await createWorld()
    const error = new TypeError('not a number')
    const value = world.cluster.jobs('reports').call(() => {
      throw error
    })
    await expect(world.until(value)).rejects.toBe(error)
    const result = await world.until(value.task.done)
    expect(result).toMatchObject({ state: 'TASK_FAILED', message: 'not a number' })
  })

  it('that throws something else than an error rejects with how the task ended', async () => {
    const world = await createWorld()
    const value = world.cluster.jobs('reports').call(() => Promise.reject('a mere string'))
    const error = await world.until(value).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TaskEndedError)
    expect(error).toMatchObject({ status: { state: 'TASK_FAILED', message: 'a mere string' } })
  })

  it('finds its result although many run at once', async () => {
    const world = await createWorld()
    const reports = world.cluster.jobs('reports')
    const values = Array.from({ length: 500 }, (_, index) =>
      reports.call(async () => index, { cpus: 1 }),
    )
    const results = await world.until(Promise.all(values))
    expect(results).toEqual(Array.from({ length: 500 }, (_, index) => index))
    expect(world.cluster.snapshot().agents).toMatchObject([{ used: {}, total: { cpus: 4 } }])
  })

  it('never holds more than the agent has', async () => {
    const world = await createWorld({ agents: [{ cpus: 2 }] })
    const reports = world.cluster.jobs('reports')
    const work = Array.from({ length: 4 }, () => new Held())
    const values = work.map((held) => reports.call(held.work))
    await world.advance(10_000)
    expect(work.map(({ started }) => started)).toEqual([1, 1, 0, 0])
    expect(reports.counts).toEqual({ waiting: 2, launched: 2 })
    work[0]?.finish('first')
    await world.settle()
    expect(work.map(({ started }) => started)).toEqual([1, 1, 1, 0])
    for (const held of work.slice(1, 3)) held.finish('more')
    await world.settle()
    work[3]?.finish('last')
    expect(await world.until(Promise.all(values))).toEqual(['first', 'more', 'more', 'last'])
  })
})

describe('Jobs: retries', () => {
  it('run failed work again, and the handle tells the whole story', async () => {
    const world = await createWorld()
    let tries = 0
    const flaky = (): string => {
      tries++
      if (tries < 3) throw new Error(`try ${tries} failed`)
      return `try ${tries} worked`
    }
    const value = world.cluster.jobs('reports').call(flaky, { retries: 5 })
    expect(await world.until(value)).toBe('try 3 worked')
    expect((await world.until(value.task.done)).attempts).toBe(3)
    expect(await world.until(statesOf(value.task))).toEqual([
      ...['TASK_STAGING', 'TASK_RUNNING', 'TASK_FAILED'],
      ...['TASK_STAGING', 'TASK_RUNNING', 'TASK_FAILED'],
      ...['TASK_STAGING', 'TASK_RUNNING', 'TASK_FINISHED'],
    ])
  })

  it('that are used up leave the last error', async () => {
    const world = await createWorld()
    const errors = [new Error('first'), new Error('second')]
    const left = [...errors]
    const value = world.cluster.jobs('reports').call(
      () => {
        throw left.shift()
      },
      { retries: 1 },
    )
    await expect(world.until(value)).rejects.toBe(errors[1])
  })
})

describe('Jobs: killing', () => {
  it('aborts the signal of a running function, which may end in its own time', async () => {
    const world = await createWorld()
    const held = new Held()
    const value = world.cluster.jobs('reports').call(held.work)
    await world.settle()
    value.task.kill()
    await expect(world.until(value)).rejects.toThrow(/ended as TASK_KILLED/)
    expect(held.signals[0]?.aborted).toBe(true)
    expect(await statesOf(value.task)).toContain('TASK_KILLING')
  })

  it('a function that ignores its signal is given up after its grace, and its room is free', async () => {
    const world = await createWorld({ agents: [{ cpus: 1 }] })
    const reports = world.cluster.jobs('reports')
    const stubborn = reports.call((_signal) => new Promise(() => {}), { killGraceMs: 20_000 })
    const next = reports.call(() => 'next')
    stubborn.catch(() => {})
    await world.settle()
    stubborn.task.kill()
    await world.advance(19_000)
    expect(stubborn.task.state).toBe('TASK_KILLING')
    await world.advance(1_000)
    expect(stubborn.task.status).toMatchObject({
      state: 'TASK_KILLED',
      message: expect.stringMatching(/ignored its abort signal and may still be running/),
    })
    expect(await world.until(next)).toBe('next')
  })

  it('a second kill may shorten the grace', async () => {
    const world = await createWorld()
    const value = world.cluster.jobs('reports').call((_signal) => new Promise(() => {}))
    value.catch(() => {})
    await world.settle()
    value.task.kill({ graceMs: 60_000 })
    await world.advance(5_000)
    value.task.kill({ graceMs: 0 })
    await world.settle()
    expect(value.task.state).toBe('TASK_KILLED')
  })

  it('a job that waits ends at once, and a killed one does not change any more', async () => {
    const world = await createWorld({ agents: [{ cpus: 1 }] })
    const reports = world.cluster.jobs('reports')
    const held = new Held()
    const first = reports.call(held.work)
    const second = reports.call(() => 'never')
    await world.settle()
    second.task.kill()
    second.task.kill()
    await expect(second).rejects.toThrow(/killed before it was launched/)
    held.finish('done')
    expect(await world.until(first)).toBe('done')
    first.task.kill()
    await world.settle()
    expect(first.task.state).toBe('TASK_FINISHED')
  })

  it('work that runs longer than it may has failed', async () => {
    const world = await createWorld()
    const held = new Held()
    const value = world.cluster.jobs('reports').call(held.work, { maxTimeMs: 5_000 })
    value.catch(() => {})
    await world.advance(4_900)
    expect(value.task.state).toBe('TASK_RUNNING')
    await world.advance(200)
    expect(value.task.status).toMatchObject({
      state: 'TASK_FAILED',
      reason: 'MAX_COMPLETION_TIME_REACHED',
      message: 'it did not end within 5000 ms',
    })
    expect(held.signals[0]?.aborted).toBe(true)
  })
})

describe('Jobs: what they say to the master', () => {
  it('idle tenants are silent: no offer, no answer, for an hour', async () => {
    const world = await createWorld()
    world.cluster.jobs('reports')
    await world.advance(60_000)
    const before = world.sent('allocation.offer').length
    await world.advance(3_000_000)
    expect(world.sent('allocation.offer').length).toBe(before)
    expect(world.cluster.snapshot().frameworks).toMatchObject([{ suppressed: ['reports'] }])
  })

  it('work that comes after an idle time is taken up without a wait', async () => {
    const world = await createWorld()
    const reports = world.cluster.jobs('reports')
    await world.advance(60_000)
    const value = reports.call(() => world.clock.now())
    const submittedAt = world.clock.now()
    await world.settle()
    expect(await value).toBe(submittedAt)
  })
})
