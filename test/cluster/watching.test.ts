import { describe, expect, it } from 'vitest'
import type { InspectionEvent } from 'xstate'
import type { Envelope } from '../../src/messages/index.ts'
import { Held } from '../support/held.ts'
import { createWorld, World } from '../support/world.ts'

/** The ids of the actors that an inspector was shown, in order. */
function watcher() {
  const actors: string[] = []
  const events: string[] = []
  const inspect = (event: InspectionEvent): void => {
    const { id } = Object.assign({ id: '?' }, event.actorRef)
    if (event.type === '@xstate.actor') actors.push(id)
    if (event.type === '@xstate.event') events.push(event.event.type)
  }
  return { actors, events, inspect }
}

describe('Cluster: inspecting', () => {
  it('from its creation shows every actor as it comes', async () => {
    const { actors, inspect } = watcher()
    const world = await createWorld({ agents: [{ cpus: 1 }, { cpus: 1 }], inspect })
    expect(actors).toEqual(['master', 'agent/agent-1', 'agent/agent-2'])
    await world.until(world.cluster.jobs('reports').call(() => 'done'))
    expect(actors.slice(3)).toEqual([
      'scheduler/reports',
      expect.stringMatching(/^executor\/agent-\d\/.*\/functions$/),
    ])
  })

  it('attached late shows the same actors, and from then on what they do', async () => {
    const world = await createWorld()
    const reports = world.cluster.jobs('reports')
    await world.until(reports.call(() => 'done'))
    const { actors, events, inspect } = watcher()
    const leave = world.cluster.inspect(inspect)
    expect(actors).toEqual([
      'master',
      'agent/agent-1',
      'scheduler/reports',
      expect.stringMatching(/^executor\//),
    ])
    expect(events).toEqual([])
    await world.until(reports.call(() => 'done'))
    expect(events).toContain('task.launch')
    leave()
    events.length = 0
    await world.until(reports.call(() => 'done'))
    expect(events).toEqual([])
  })

  it('by an inspector that throws costs nobody anything but the error', async () => {
    const errors: unknown[] = []
    const before = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => errors.push(error))
    try {
      const world = await createWorld()
      const leave = world.cluster.inspect(() => {
        throw new Error('the inspector is broken')
      })
      const value = world.cluster.jobs('reports').call(() => 'done')
      expect(await world.until(value)).toBe('done')
      leave()
      await world.settle()
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const listener of before) process.on('uncaughtException', listener)
    }
    expect(errors[0]).toMatchObject({ message: 'the inspector is broken' })
  })
})

describe('Cluster: messages', () => {
  it('are shown as they are delivered, until the observer leaves', async () => {
    const world = await createWorld()
    const seen: Envelope[] = []
    const leave = world.cluster.messages((envelope) => seen.push(envelope))
    const reports = world.cluster.jobs('reports')
    await world.until(reports.call(() => 'done'))
    const talk = seen.map(({ from, to, message }) => `${from} ${message.type} ${to}`)
    expect(talk.slice(0, 4)).toEqual([
      'scheduler/reports lifecycle.register master',
      'master lifecycle.registered scheduler/reports',
      'master lifecycle.heartbeat scheduler/reports',
      'scheduler/reports task.reconcile master',
    ])
    leave()
    seen.length = 0
    await world.until(reports.call(() => 'done'))
    expect(seen).toEqual([])
  })

  it('are the same in two worlds that begin and are treated the same', async () => {
    const run = async (): Promise<string> => {
      const world = new World({ agents: [{ cpus: 2 }, { cpus: 2 }] })
      await world.until(world.cluster.ready)
      const tenants = ['ads', 'search'].map((name) => world.cluster.jobs(name))
      const values = Array.from({ length: 20 }, (_, index) =>
        tenants[index % 2]?.call(async () => index, { cpus: 0.5 + (index % 3) / 2 }),
      )
      await world.until(Promise.all(values))
      await world.close()
      return JSON.stringify(world.log)
    }
    const [first, second] = [await run(), await run()]
    expect(first).toBe(second)
    expect(first.length).toBeGreaterThan(1_000)
  })
})

describe('Cluster: a snapshot', () => {
  it('says who holds what where, and it balances', async () => {
    const world = await createWorld({ agents: [{ name: 'big', cpus: 4, mem: 4_096 }] })
    const held = new Held()
    const value = world.cluster.jobs('reports').call(held.work, { cpus: 1, name: 'sum' })
    await world.settle()
    const offered: string[] = []
    world.cluster.framework(
      { name: 'mine' },
      { offers: (offers) => void offered.push(...offers.map(({ offerId }) => offerId)) },
    )
    await world.settle()
    const { agents, frameworks, offers } = world.cluster.snapshot()
    const [agent] = agents
    expect(agent).toMatchObject({
      name: 'big',
      state: 'connected',
      total: { cpus: 4, mem: 4_096 },
      free: {},
      offered: { cpus: 3, mem: 4_096 },
      used: { cpus: 1 },
    })
    expect(offers.map(({ id }) => id)).toEqual(offered)
    expect(offers).toMatchObject([{ agentId: agent?.id, resources: { cpus: 3, mem: 4_096 } }])
    expect(frameworks).toMatchObject([
      {
        name: 'reports',
        state: 'connected',
        suppressed: ['reports'],
        tasks: [{ name: 'sum', agentId: agent?.id, state: 'TASK_RUNNING', resources: { cpus: 1 } }],
      },
      { name: 'mine', roles: ['mine'], suppressed: [], tasks: [] },
    ])
    held.finish('done')
    await world.until(value)
  })

  it('is a copy: what happens later does not change it', async () => {
    const world = await createWorld()
    const before = world.cluster.snapshot()
    const text = JSON.stringify(before)
    const value = world.cluster.jobs('reports').call(() => 'done')
    await world.until(value)
    expect(JSON.stringify(before)).toBe(text)
    expect(world.cluster.snapshot()).not.toEqual(before)
  })
})
