import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FrameworkOptions } from '../../src/cluster/options.ts'
import type { Cluster } from '../../src/cluster.ts'
import {
  createVolume,
  destroyVolume,
  launch,
  type OperationRequest,
  reserve,
  reserved,
  unreserve,
  volume,
} from '../../src/frameworks/operations.ts'
import type { Offer, OperationStatus, Resources, TaskStatus } from '../../src/messages/index.ts'
import { isTerminal } from '../../src/model/task-states.ts'
import { temporaryFolder } from '../executors/harness.ts'
import { liveCluster } from '../support/live.ts'
import { createWorld } from '../support/world.ts'

const ops = { role: 'eng', principal: 'ops' }
const db = volume({ ...ops, id: 'db', path: 'var/data', disk: 100 })
const machine = { name: 'a', cpus: 2, mem: 1_024, disk: 200 }

/** What is heard, one after the other, by whoever asks for the next. */
class Inbox<Item> {
  readonly all: Item[] = []
  readonly #waiting: ((item: Item) => void)[] = []
  #read = 0

  readonly add = (item: Item): void => {
    this.all.push(item)
    this.#waiting.shift()?.(item)
  }

  next(): Promise<Item> {
    const item = this.all[this.#read++]
    if (item !== undefined) return Promise.resolve(item)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}

function engIn(cluster: Cluster, options: Partial<FrameworkOptions> = {}) {
  const offers = new Inbox<Offer>()
  const ends = new Inbox<TaskStatus>()
  const operations = new Inbox<OperationStatus>()
  const framework = cluster.framework(
    { name: 'mine', ...ops, ...options },
    {
      offers: (fresh) => {
        for (const offer of fresh) offers.add(offer)
      },
      update: (status) => {
        if (isTerminal(status.state)) ends.add(status)
      },
      operation: operations.add,
    },
  )
  return { framework, offers, ends, operations }
}

function script(id: string, command: string): OperationRequest {
  const resources = { ...reserved({ cpus: 1, mem: 64 }, ops), ...db }
  return launch({ id, command, resources })
}

describe('Volumes: real files', () => {
  it('what one task writes the next one reads, and nobody after the volume is destroyed', async () => {
    const cluster = await liveCluster({ agents: [machine] })
    const { framework, offers, ends, operations } = engIn(cluster)
    framework.accept(await offers.next(), [
      reserve({ cpus: 1, mem: 64, disk: 100 }, ops),
      createVolume(db),
      script('write', 'echo hello > var/data/greeting'),
    ])
    expect(await ends.next()).toMatchObject({ taskId: 'write', state: 'TASK_FINISHED' })
    const folder = join(cluster.workDir, 'volumes', 'a', 'eng', 'db')
    expect(readFileSync(join(folder, 'greeting'), 'utf8')).toBe('hello\n')
    framework.accept(await offers.next(), script('read', 'cat var/data/greeting; pwd'))
    const { sandbox = '', ...read } = await ends.next()
    expect(read).toMatchObject({ taskId: 'read', state: 'TASK_FINISHED' })
    expect(readFileSync(join(sandbox, 'stdout'), 'utf8')).toBe(`hello\n${sandbox}\n`)
    framework.accept(await offers.next(), [
      destroyVolume(db, { id: 'the end' }),
      unreserve({ cpus: 1, mem: 64, disk: 100 }, ops),
    ])
    const states = new Map<string, string>()
    while (!states.has('the end')) {
      const { operationId, state } = await operations.next()
      states.set(operationId, state)
    }
    expect(new Set(states.values())).toEqual(new Set(['OPERATION_FINISHED']))
    expect(existsSync(folder)).toBe(false)
    expect(readdirSync(join(folder, '..'))).toEqual([])
    const { name: _, ...whole } = machine
    expect((await offers.next()).resources).toEqual(whole)
  })

  it('that cannot be made: the framework hears why, its task too, and nothing is lost', async () => {
    const workDir = temporaryFolder()
    writeFileSync(join(workDir, 'volumes'), 'a file in the way')
    const cluster = await liveCluster({ agents: [machine], workDir })
    const { framework, offers, ends, operations } = engIn(cluster)
    framework.accept(await offers.next(), [
      reserve({ cpus: 1, mem: 64, disk: 100 }, ops),
      createVolume(db),
      script('write', 'echo hello > var/data/greeting'),
    ])
    expect(await operations.next()).toMatchObject({ state: 'OPERATION_FINISHED' })
    expect(await operations.next()).toMatchObject({
      state: 'OPERATION_FAILED',
      message: expect.stringMatching(/^the volume could not be made: ENOTDIR/),
    })
    expect(await ends.next()).toMatchObject({
      state: 'TASK_FAILED',
      reason: 'CONTAINER_LAUNCH_FAILED',
      message: 'its volumes could not be linked: there is no volume db',
    })
    expect((await offers.next()).resources).toMatchObject({ 'disk(eng,ops)': 100 })
  })
})

describe('Frameworks with reservations', () => {
  it('without an id of its own each operation is told under its offer and place', async () => {
    const world = await createWorld({ agents: [machine] })
    const { framework, offers, operations } = engIn(world.cluster)
    await world.settle()
    const [offer] = offers.all
    if (offer === undefined) throw new Error('no offer')
    framework.accept(offer, [reserve({ cpus: 1 }, ops), reserve({ cpus: 5 }, ops)])
    await world.settle()
    expect(operations.all.sort((a, b) => (a.operationId < b.operationId ? -1 : 1))).toEqual([
      { operationId: `${offer.offerId}.1`, state: 'OPERATION_FINISHED', agentId: offer.agentId },
      {
        operationId: `${offer.offerId}.2`,
        state: 'OPERATION_ERROR',
        message: 'the offers hold too little cpus',
      },
    ])
  })

  it('an accept before it is registered is dropped at once', async () => {
    const world = await createWorld({ agents: [machine] })
    const { framework, ends, operations } = engIn(world.cluster)
    framework.accept([], [reserve({ cpus: 1 }, ops, { id: 'P' }), script('T1', 'true')])
    await world.settle()
    expect(operations.all).toMatchObject([{ operationId: 'P', state: 'OPERATION_DROPPED' }])
    expect(ends.all).toMatchObject([{ taskId: 'T1', state: 'TASK_DROPPED' }])
  })

  it('of several roles it is offered what is reserved for each, role by role', async () => {
    const agents = [{ resources: { 'cpus(eng)': 1, 'cpus(sales)': 2 } }]
    const world = await createWorld({ agents })
    const several = { name: 'mine', roles: ['eng', 'sales'], principal: 'ops' }
    const offers: Offer[] = []
    const framework = world.cluster.framework(several, {
      offers: (fresh) => void offers.push(...fresh),
    })
    await world.settle()
    const seen = () => offers.splice(0).map(({ role, resources }) => [role, resources] as const)
    expect(new Map(seen())).toEqual(
      new Map<string, Resources>([
        ['eng', { 'cpus(eng)': 1 }],
        ['sales', { 'cpus(sales)': 2 }],
      ]),
    )
    framework.suppress(['sales'])
    await world.advance(40_000)
    expect(new Set(seen().map(([role]) => role))).toEqual(new Set(['eng']))
    framework.suppress()
    framework.revive(['sales'])
    await world.settle()
    expect(seen()).toEqual([['sales', { 'cpus(sales)': 2 }]])
  })
})
