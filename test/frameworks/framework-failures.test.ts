import { describe, expect, it } from 'vitest'
import type { FrameworkCallbacks } from '../../src/frameworks/framework.ts'
import { ClosedError } from '../../src/model/errors.ts'
import { temporaryFolder } from '../executors/harness.ts'
import { Held } from '../support/held.ts'
import { createWorld } from '../support/world.ts'

const failure = new Error('my scheduler is broken')

/** Each way in which an owner's code can go wrong, and when. */
const broken: [string, Partial<FrameworkCallbacks>, RegExp][] = [
  [
    'throws when it is registered',
    {
      registered: () => {
        throw failure
      },
    },
    /registered/,
  ],
  [
    'throws when it gets offers',
    {
      offers: () => {
        throw failure
      },
    },
    /offers/,
  ],
  ['rejects when it gets offers', { offers: () => Promise.reject(failure) }, /offers/],
  [
    'throws when a task changes',
    {
      update: () => {
        throw failure
      },
    },
    /updates/,
  ],
  ['rejects when a task changes', { update: () => Promise.reject(failure) }, /updates/],
  [
    'rejects much later',
    {
      offers: async () => {
        await new Promise((resolve) => setImmediate(resolve))
        throw failure
      },
    },
    /offers/,
  ],
]

describe('Framework: its owner’s code', () => {
  for (const [what, callbacks, when] of broken) {
    it(`${what}: it fails, its tasks are killed, and the others go on`, async () => {
      const world = await createWorld({
        agents: [{ name: 'big', cpus: 4, mem: 4_096 }, { cpus: 4 }],
        workDir: temporaryFolder(),
      })
      const other = world.cluster.jobs('other')
      const held = new Held()
      const value = other.call(held.work, { cpus: 4, mem: 1_024 })
      await world.settle()
      const errors: Error[] = []
      const framework = world.cluster.framework(
        { name: 'mine' },
        {
          offers: ([offer], reply) => {
            if (offer !== undefined) reply.launch(offer, { id: 'T1', command: 'sleep 60', cpus: 1 })
          },
          failed: (error) => void errors.push(error),
          ...callbacks,
        },
      )
      const error = await world.until(framework.ended)
      expect(error).toBeInstanceOf(ClosedError)
      expect(error?.message).toMatch(/framework mine failed: .*own code threw when it heard/)
      expect(error?.message).toMatch(when)
      expect(error?.message).toMatch(/my scheduler is broken$/)
      expect(errors).toEqual([error])
      await world.settle()
      const { frameworks, agents } = world.cluster.snapshot()
      expect(frameworks.map(({ name }) => name)).toEqual(['other'])
      const big = agents.find(({ name }) => name === 'big')
      const small = agents.find(({ name }) => name !== 'big')
      expect([big?.used, small?.used]).toEqual([{ cpus: 4, mem: 1_024 }, {}])
      held.finish('unharmed')
      expect(await world.until(value)).toBe('unharmed')
      expect(await world.until(other.call(() => 'and goes on'))).toBe('and goes on')
    })
  }

  it('may be async: updates reach it one after the other', async () => {
    const world = await createWorld()
    const heard: string[] = []
    const framework = world.cluster.framework(
      { name: 'slow' },
      {
        offers: ([offer], reply) => {
          if (offer === undefined) return
          const tasks = ['T1', 'T2'].map((id) => ({ id, command: 'true', cpus: 99 }))
          reply.launch(offer, tasks)
        },
        update: async ({ taskId }) => {
          heard.push(`${taskId} begins`)
          await new Promise((resolve) => setImmediate(resolve))
          heard.push(`${taskId} ends`)
        },
      },
    )
    await world.settle()
    await world.settle()
    expect(heard).toEqual(['T1 begins', 'T1 ends', 'T2 begins', 'T2 ends'])
    await world.until(framework.stop())
  })

  it('that throws an error after it was stopped hurts nobody', async () => {
    const world = await createWorld()
    const gate = new Held()
    const framework = world.cluster.framework(
      { name: 'late' },
      { offers: () => gate.work(new AbortController().signal).then(() => {}) },
    )
    await world.settle()
    await world.until(framework.stop())
    gate.fail(failure)
    await world.settle()
    expect(await framework.ended).toBeUndefined()
  })

  it('that throws while it hears of its failure does not bring down the process', async () => {
    const world = await createWorld()
    const framework = world.cluster.framework(
      { name: 'mine' },
      {
        offers: () => {
          throw failure
        },
        failed: () => {
          throw new Error('and again')
        },
      },
    )
    expect(await world.until(framework.ended)).toBeInstanceOf(ClosedError)
  })
})
