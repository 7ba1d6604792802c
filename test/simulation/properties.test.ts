import { describe, expect, test } from 'vitest'
import { type Envelope, MASTER, type Message, type TaskInfo } from '../../src/messages/index.ts'
import type { Happening } from '../../src/simulation/happenings.ts'
import { properties } from '../../src/simulation/properties/index.ts'
import type { View } from '../../src/simulation/properties/property.ts'
import { sometimes } from '../../src/simulation/properties/sometimes.ts'
import { shrink } from '../../src/simulation/shrink.ts'
import { type SimulationTools, simulate } from '../../src/simulation/simulate.ts'
import type { World } from '../../src/simulation/world/world.ts'

const tiny = { agents: 1, frameworks: 2, tasks: 6, safetyMs: 60_000, faults: 'none' }

function propertyNamed(name: string) {
  const found = properties.find((property) => property.name === name)
  if (found === undefined) throw new Error(`there is no property ${name}`)
  return found
}

/** What one property says about a world with a bug in it. */
function sentences(name: string, tools: SimulationTools, options: object = tiny): string[] {
  const report = simulate(options, { ...tools, properties: [propertyNamed(name)] })
  return report.violations.map(({ sentence }) => sentence)
}

/** Changes what arrives of one type of message at addresses that begin so. */
function tampering(type: Message['type'], to: string, change: (message: Message) => Message[]) {
  return (envelope: Envelope): Envelope[] => {
    const isMeant = envelope.message.type === type && envelope.to.startsWith(to)
    if (!isMeant) return [envelope]
    return change(envelope.message).map((message) => ({ ...envelope, message }))
  }
}

/** Spoils the world when the master's book has an offer. */
function whenOffered(spoil: (world: World, offerId: string) => void) {
  return (world: World): void => {
    const look = (): void => {
      const [offerId] = world.ledger.offers.keys()
      if (offerId === undefined) world.clock.setTimer(look, 1)
      else spoil(world, offerId)
    }
    world.clock.setTimer(look, 1_000)
  }
}

function offerIn(world: World, offerId: string) {
  const offer = world.ledger.offers.get(offerId)
  const agent = offer && world.ledger.agents.get(offer.agentId)
  if (offer === undefined || agent === undefined) throw new Error('the offer is gone')
  return { offer, agent }
}

/** Every task comes with another one that nobody knows. */
function withStowaways(labels: Record<string, string>, count: number) {
  return tampering('task.launch', 'agent/', (message) => {
    if (message.type !== 'task.launch' || 'offerIds' in message) return [message]
    const others = message.tasks.flatMap((task: TaskInfo) =>
      Array.from({ length: count }, (_, index) => ({
        ...task,
        taskId: `${task.taskId}-stowaway-${index}`,
        labels,
      })),
    )
    return [{ ...message, tasks: [...message.tasks, ...others] }]
  })
}

describe('Properties: a world that is as it should be', () => {
  test('breaks none of them', () => {
    expect(simulate(tiny).violations).toEqual([])
  })

  test('names and promises are there to be read, each once', () => {
    const names = [...properties, ...sometimes].map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { name, promise } of properties) {
      expect(name).toMatch(/^(safety|liveness)-/)
      expect(promise.length).toBeGreaterThan(20)
    }
  })
})

describe('Properties: each notices the bug that it is there for', () => {
  test('safety-books-balance: an agent has more free than is left of it', () => {
    const onWorld = whenOffered((world, offerId) => {
      const { agent } = offerIn(world, offerId)
      agent.free = { ...agent.free, cpus: 9_000 }
    })
    expect(sentences('safety-books-balance', { onWorld })[0]).toContain('free + offered + used')
  })

  test('safety-nothing-held-twice: a port is in two offers', () => {
    const onWorld = whenOffered((world, offerId) => {
      const { offer, agent } = offerIn(world, offerId)
      world.ledger.offers.set('twin', { ...offer, id: 'twin' })
      agent.offers.add('twin')
    })
    const found = sentences('safety-nothing-held-twice', { onWorld })
    expect(found[0]).toMatch(/^ports \d+ of M-S\d+ is in two hands$/)
  })

  test('safety-offers-are-sound: an offer that is over stays in the book', () => {
    const onWorld = whenOffered((world, offerId) => {
      const { offer } = offerIn(world, offerId)
      world.ledger.offers.set('old', { ...offer, id: 'old', state: 'declined' })
    })
    const found = sentences('safety-offers-are-sound', { onWorld })
    expect(found[0]).toBe('offer old is declined, but still in the book')
  })

  test('safety-dead-offers-never-launch: a task starts on an offer after its rescission', () => {
    const observed: string[] = []
    const { happened } = propertyNamed('safety-dead-offers-never-launch').observe(
      emptyView,
      (sentence) => observed.push(sentence),
    )
    const task = { taskId: 'T1', name: 'T1', agentId: 'S1', resources: { cpus: 1 } }
    const offer = {
      offerId: 'O1',
      frameworkId: 'F1',
      agentId: 'S1',
      hostname: 'a',
      role: 'r',
      resources: { cpus: 1 },
    }
    const framework = { name: 'one', roles: ['r'] }
    const tell = (type: 'sent' | 'delivered', from: string, to: string, message: Message) =>
      happened?.({ type, number: 0, text: '', envelope: { from, to, message } })
    const launch = () => {
      tell('delivered', 'scheduler/one', MASTER, {
        type: 'task.launch',
        offerIds: ['O1'],
        tasks: [task],
      })
      tell('sent', MASTER, 'agent/a', {
        type: 'task.launch',
        frameworkId: 'F1',
        framework,
        tasks: [task],
      })
    }
    const masterId = 'M'
    const known = { frameworkId: 'F1', masterId, heartbeatIntervalMs: 15_000 }
    tell('sent', MASTER, 'scheduler/one', { type: 'lifecycle.registered', ...known })
    tell('sent', MASTER, 'scheduler/one', { type: 'allocation.offer', offers: [offer] })
    launch()
    expect(observed).toEqual([])
    launch()
    expect(observed).toEqual(['T1 is launched at agent/a on offer O1, which was used before'])
  })

  test('safety-machines-not-overfull: an agent runs more than it has', () => {
    const tamper = withStowaways({ durationMs: '60000', course: 'finishes' }, 10)
    const found = sentences('safety-machines-not-overfull', { tamper })
    expect(found[0]).toMatch(/^agent-1: (?:port|T)/)
  })

  test('safety-one-terminal-state: a task that has finished fails', () => {
    const tamper = tampering('task.update', 'scheduler/', (message) => {
      if (message.type !== 'task.update' || 'agentId' in message) return [message]
      const updates = message.updates.map((update) =>
        'status' in update || update.state !== 'TASK_FINISHED'
          ? update
          : { ...update, state: 'TASK_FAILED' as const, uuid: `${update.uuid}, another` },
      )
      return [message, { ...message, updates }]
    })
    const found = sentences('safety-one-terminal-state', { tamper })
    expect(found[0]).toMatch(/that it is TASK_FAILED, and heard before: TASK_FINISHED$/)
  })

  test('safety-pairs-keep-order: a message arrives twice', () => {
    const tamper = tampering('lifecycle.pong', MASTER, (message) => [message, message])
    expect(sentences('safety-pairs-keep-order', { tamper })[0]).toContain('lifecycle.pong')
  })

  test('safety-pairs-keep-order: a message overtakes another of its pair', () => {
    const observed: string[] = []
    const { happened } = propertyNamed('safety-pairs-keep-order').observe(emptyView, (sentence) =>
      observed.push(sentence),
    )
    const envelope = { from: 'agent/a', to: MASTER, message: { type: 'lifecycle.pong' } } as const
    const arrive = (number: number): Happening => ({
      type: 'delivered',
      envelope,
      number,
      text: '',
    })
    for (const number of [0, 2, 1]) happened?.(arrive(number))
    expect(observed).toEqual(['agent/a → master: lifecycle.pong (1) arrives after number 2'])
  })

  test('safety-nobody-breaks: an agent is sent away', () => {
    const tamper = tampering('lifecycle.ping', 'agent/', () => [
      { type: 'lifecycle.shutdown', message: 'nobody knows why' },
    ])
    expect(sentences('safety-nobody-breaks', { tamper })[0]).toMatch(/^agent\/agent-1 ended/)
  })

  test('liveness-all-tasks-end: no scheduler ever hears that a task has finished', () => {
    const tamper = tampering('task.update', 'scheduler/', (message) => {
      const isEnd = JSON.stringify(message).includes('TASK_FINISHED')
      return isEnd ? [] : [message]
    })
    const found = sentences('liveness-all-tasks-end', { tamper }, { ...tiny, tasks: 2 })
    expect(found[0]).toMatch(/^framework-\d still has T\d/)
  })

  test('liveness-no-stray-work: an agent runs for ever what nobody knows', () => {
    const board = withStowaways({ durationMs: '0', course: 'hangs' }, 1)
    const deafen = tampering('task.kill', 'agent/', () => [])
    const tamper = (envelope: Envelope) => deafen(envelope).flatMap(board)
    const found = sentences('liveness-no-stray-work', { tamper }, { ...tiny, tasks: 1 })
    expect(found[0]).toMatch(/-stowaway-0 runs on agent-1, unknown to the master$/)
  })

  test('liveness-offers-come: a framework gets no offers any more', () => {
    const tamper = (envelope: Envelope): Envelope[] =>
      envelope.message.type === 'allocation.offer' && envelope.to.endsWith('framework-1')
        ? []
        : [envelope]
    const found = sentences('liveness-offers-come', { tamper })
    expect(found[0]).toMatch(/^framework-1 has waited for an offer for \d+ ms$/)
  })
})

describe('A failure', () => {
  test('is shrunk to a smaller world that breaks the same promise with the same seed', () => {
    const tamper = tampering('lifecycle.ping', 'agent/', () => [
      { type: 'lifecycle.shutdown', message: 'nobody knows why' },
    ])
    const tools = { tamper, properties: [propertyNamed('safety-nobody-breaks')] }
    const options = { seed: 2, agents: 2, frameworks: 2, tasks: 4, safetyMs: 30_000 }
    const failed = simulate({ ...options, faults: 'delay,loss' }, tools)
    const { report, runs } = shrink(failed, tools)
    expect(report.options).toMatchObject({ seed: 2, agents: 1, frameworks: 1, tasks: 1 })
    expect(report.options.faults).toBe('none')
    expect(report.violations[0]?.property).toBe(failed.violations[0]?.property)
    expect(runs).toBeLessThanOrEqual(60)
    expect(report.last.at(-1)?.atMs).toBe(report.violations[0]?.atMs)
  })
})

const emptyView: View = {
  now: 0,
  get ledger(): never {
    throw new Error('it judges by messages alone')
  },
  get timeouts(): never {
    throw new Error('it judges by messages alone')
  },
  tenants: [],
  machines: [],
  machineAt: () => undefined,
}
