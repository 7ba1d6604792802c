import { describe, expect, it } from 'vitest'
import type { Operation, Resources } from '../../src/messages/index.ts'
import { commandOn } from '../support/fake-scheduler.ts'
import { Stage } from '../support/stage.ts'

const forEng = 'cpus(eng,ops)'
const disk = 'disk(eng,ops)'
const db = { [`${disk}[db:data]`]: 100 }

/** Operations with the ids 1, 2, 3, … */
function numbered(...operations: Exclude<Operation, { type: 'LAUNCH' }>[]): Operation[] {
  return operations.map((operation, index) => ({ ...operation, operationId: String(index + 1) }))
}

const reserve = (resources: Resources) => ({ type: 'RESERVE', resources }) as const
const unreserve = (resources: Resources) => ({ type: 'UNRESERVE', resources }) as const
const create = (volumes: Resources) => ({ type: 'CREATE', volumes }) as const
const destroy = (volumes: Resources) => ({ type: 'DESTROY', volumes }) as const

/** One agent, and a framework of the role eng that acts in the name of ops. */
function stageOfEng(resources: Resources = { cpus: 4, mem: 1_024, disk: 500 }) {
  const stage = new Stage()
  stage.agent('agent-1', resources)
  const eng = stage.scheduler('eng', { principal: 'ops' })
  const agent = () => {
    const [record] = stage.ledger.agents.values()
    if (record === undefined) throw new Error('there is no agent')
    return record
  }
  return { stage, eng, agent }
}

describe('Reservations: who is offered what', () => {
  it('what was reserved is offered to its role again at once, beside the rest', () => {
    const { stage, eng } = stageOfEng()
    eng.accept(eng.offer, numbered(reserve({ [forEng]: 1 })))
    stage.settle()
    expect(eng.operations).toMatchObject([{ operationId: '1', state: 'OPERATION_FINISHED' }])
    expect(eng.offer.resources).toEqual({ cpus: 3, [forEng]: 1, mem: 1_024, disk: 500 })
  })

  it('another role never sees it; a role below does, and a role above does not', () => {
    const { stage, eng } = stageOfEng({ cpus: 4, mem: 1_024 })
    eng.accept(eng.offer, [reserve({ 'cpus(eng,ops)': 4, 'mem(eng,ops)': 1_024 })])
    stage.settle()
    const sales = stage.scheduler('sales')
    const ads = stage.scheduler('ads', { roles: ['eng/ads'] })
    eng.decline(eng.offer, { refuseSeconds: 3_600 })
    stage.advance(2_000)
    expect(sales.heard('allocation.offer')).toEqual([])
    expect(ads.offer.resources).toEqual({ 'cpus(eng,ops)': 4, 'mem(eng,ops)': 1_024 })
    ads.accept(ads.offer, [
      reserve({
        'cpus(eng,ops)(eng/ads,)': 4,
        'mem(eng,ops)(eng/ads,)': 1_024,
      }),
    ])
    eng.say({ type: 'allocation.revive' })
    stage.advance(2_000)
    expect(eng.offers).toEqual([])
    expect(sales.heard('allocation.offer')).toEqual([])
    expect(ads.offer.resources).toMatchObject({ 'cpus(eng,ops)(eng/ads,)': 4 })
  })

  it('a refined reservation is undone one step at a time', () => {
    const { stage, eng, agent } = stageOfEng({ cpus: 4 })
    eng.accept(eng.offer, [
      reserve({ [forEng]: 4 }),
      reserve({ 'cpus(eng,ops)(eng/ads,ops,team=web)': 4 }),
    ])
    stage.settle()
    const ads = stage.scheduler('ads', { roles: ['eng/ads'] })
    ads.say({ type: 'allocation.suppress' })
    ads.accept(ads.offer, [unreserve({ 'cpus(eng,ops)(eng/ads,ops,team=web)': 3 })])
    stage.settle()
    expect(agent().total).toEqual({ [forEng]: 3_000, 'cpus(eng,ops)(eng/ads,ops,team=web)': 1_000 })
    eng.accept(eng.offer, [unreserve({ [forEng]: 3 })])
    stage.settle()
    expect(agent().total).toEqual({ cpus: 3_000, 'cpus(eng,ops)(eng/ads,ops,team=web)': 1_000 })
  })

  it('what is reserved since the start is for its role, may be refined and not undone', () => {
    const { stage, eng, agent } = stageOfEng({ 'cpus(eng)': 2, cpus: 2 })
    expect(eng.offer.resources).toEqual({ 'cpus(eng)': 2, cpus: 2 })
    const operations = numbered(
      unreserve({ 'cpus(eng)': 1 }),
      reserve({ 'cpus(eng)(eng/ads,ops)': 1 }),
    )
    eng.accept(eng.offer, operations)
    stage.settle()
    expect(eng.operations).toMatchObject([
      {
        operationId: '1',
        state: 'OPERATION_ERROR',
        message: "cpus(eng) is reserved since the agent's start, and as long as it runs",
      },
      { operationId: '2', state: 'OPERATION_FINISHED' },
    ])
    expect(agent().total).toMatchObject({ 'cpus(eng)': 1_000, 'cpus(eng)(eng/ads,ops)': 1_000 })
  })

  it('it outlives the framework that made it', () => {
    const { stage, eng, agent } = stageOfEng({ cpus: 4 })
    eng.accept(eng.offer, [reserve({ [forEng]: 4 })])
    eng.say({ type: 'lifecycle.unregister', frameworkId: eng.frameworkId })
    stage.settle()
    expect(agent().total).toEqual({ [forEng]: 4_000 })
    const heir = stage.scheduler('heir', { roles: ['eng'] })
    expect(heir.offer.resources).toEqual({ [forEng]: 4 })
  })

  it('ports keep their numbers, and only those that are offered can be reserved', () => {
    const { stage, eng } = stageOfEng({ cpus: 1, ports: [[31_000, 31_003]] })
    const operations = numbered(
      reserve({ 'ports(eng,ops)': [[31_001, 31_002]] }),
      reserve({ 'ports(eng,ops)': [[31_002, 31_003]] }),
    )
    eng.accept(eng.offer, operations)
    stage.settle()
    expect(eng.operations.map(({ state }) => state)).toEqual([
      'OPERATION_ERROR',
      'OPERATION_FINISHED',
    ])
    expect(eng.offer.resources).toMatchObject({
      ports: [
        [31_000, 31_000],
        [31_003, 31_003],
      ],
      'ports(eng,ops)': [[31_001, 31_002]],
    })
  })
})

describe('Accept: several operations in order', () => {
  it('reserves, makes a volume and launches on both; the agent hears of them in this order', () => {
    const { stage, eng } = stageOfEng()
    const task = commandOn(eng.offer, 'T1', { [forEng]: 1, 'mem(eng,ops)': 64, ...db })
    eng.accept(eng.offer, [
      reserve({ [forEng]: 1, 'mem(eng,ops)': 64, [disk]: 100 }),
      create(db),
      { type: 'LAUNCH', tasks: [task] },
    ])
    stage.settle()
    expect(eng.states('T1')).toEqual(['TASK_STARTING', 'TASK_RUNNING'])
    expect([...stage.puppets.folders]).toEqual(['eng/db'])
    const told = stage.log.envelopes
      .filter(({ from, to }) => from === 'master' && to === 'agent/agent-1')
      .map(({ message }) => message.type)
    expect(told.indexOf('allocation.apply')).toBeLessThan(told.indexOf('task.launch'))
    // All that was made is used; the rest was refused, as after a launch.
    expect(eng.offers).toEqual([])
    stage.puppets.exit('T1')
    stage.settle()
    expect(eng.offer.resources).toEqual({
      cpus: 3,
      mem: 960,
      disk: 400,
      [forEng]: 1,
      'mem(eng,ops)': 64,
      ...db,
    })
  })

  it('one that fails is left out with a sentence, and so is what depends on it', () => {
    const { stage, eng, agent } = stageOfEng()
    const tasks = [
      commandOn(eng.offer, 'T1', { [forEng]: 9 }),
      commandOn(eng.offer, 'T2', { [forEng]: 1 }),
    ]
    const operations = numbered(reserve({ [forEng]: 9 }), create(db), reserve({ [forEng]: 1 }))
    eng.accept(eng.offer, [...operations, { type: 'LAUNCH', tasks }])
    stage.settle()
    expect(eng.operations).toMatchObject([
      {
        operationId: '1',
        state: 'OPERATION_ERROR',
        message: 'the offers hold too little cpus',
      },
      { operationId: '2', state: 'OPERATION_ERROR', message: `the offers hold no ${disk}` },
      { operationId: '3', state: 'OPERATION_FINISHED' },
    ])
    expect(eng.states('T1')).toEqual(['TASK_ERROR'])
    expect(eng.states('T2')).toContain('TASK_RUNNING')
    expect(agent().used).toEqual({ [forEng]: 1_000 })
  })

  it('a volume has to go before its disk, and what a task holds cannot go at all', () => {
    const { stage, eng, agent } = stageOfEng()
    const holder = commandOn(eng.offer, 'T1', { [forEng]: 1 })
    eng.accept(eng.offer, [
      reserve({ [forEng]: 2, [disk]: 100 }),
      create(db),
      { type: 'LAUNCH', tasks: [holder] },
    ])
    stage.settle()
    const operations = numbered(
      unreserve({ [disk]: 100 }),
      unreserve({ [forEng]: 2 }),
      destroy(db),
      unreserve({ [disk]: 100, [forEng]: 1 }),
    )
    eng.accept(eng.offer, operations)
    stage.settle()
    expect(eng.operations.filter(({ state }) => state === 'OPERATION_ERROR')).toMatchObject([
      { operationId: '1', message: `the offers hold no ${disk}` },
      {
        operationId: '2',
        message: `the offers hold too little ${forEng}: the rest of it is in use by tasks`,
      },
    ])
    expect(agent().total).toEqual({
      cpus: 3_000,
      [forEng]: 1_000,
      mem: 1_024_000,
      disk: 500_000,
    })
    expect(stage.puppets.folders.size).toBe(0)
  })

  it('bad offers: nothing is done, and each operation with an id hears why', () => {
    const { stage, eng, agent } = stageOfEng()
    const { offer } = eng
    const operations = [...numbered(reserve({ [forEng]: 1 })), reserve({ [forEng]: 1 })]
    const invalid = expect.stringMatching(/offer O99 is not valid any more/)
    eng.accept({ ...offer, offerId: 'O99' }, [
      ...operations,
      { type: 'LAUNCH', tasks: [commandOn(offer, 'T1', { cpus: 1 })] },
    ])
    stage.settle()
    expect(eng.operations).toMatchObject([
      { operationId: '1', state: 'OPERATION_ERROR', message: invalid },
    ])
    expect(eng.states('T1')).toEqual(['TASK_DROPPED'])
    expect(agent().total).toMatchObject({ cpus: 4_000 })
  })

  it('a volume grows and shrinks by reserved disk', () => {
    const { stage, eng, agent } = stageOfEng()
    const [key = ''] = Object.keys(db)
    eng.accept(eng.offer, [
      reserve({ [disk]: 300 }),
      create(db),
      { type: 'GROW_VOLUME', volumes: { [key]: 150 } },
      { type: 'SHRINK_VOLUME', volumes: { [key]: 50 } },
    ])
    stage.settle()
    expect(agent().total).toMatchObject({ [key]: 200_000, [disk]: 100_000, disk: 200_000 })
  })
})

describe('Operations that fail at the agent', () => {
  it('a volume that cannot be made is disk again, also for the task that was to use it', () => {
    const { stage, eng, agent } = stageOfEng()
    stage.puppets.diskTrouble = 'no space left on the device'
    const task = commandOn(eng.offer, 'T1', { cpus: 1, ...db })
    const operations = numbered(reserve({ [disk]: 100 }), create(db))
    eng.accept(eng.offer, [...operations, { type: 'LAUNCH', tasks: [task] }])
    stage.settle()
    expect(eng.operations).toMatchObject([
      { operationId: '1', state: 'OPERATION_FINISHED' },
      {
        operationId: '2',
        state: 'OPERATION_FAILED',
        message: 'no space left on the device',
      },
    ])
    expect(agent().used).toEqual({ cpus: 1_000, [disk]: 100_000 })
    stage.puppets.exit('T1', false)
    stage.settle()
    expect(eng.offers.at(-1)?.resources).toMatchObject({ [disk]: 100 })
  })

  it('a volume that cannot be removed is offered again, to the role that has it', async () => {
    const { stage, eng, agent } = stageOfEng()
    eng.accept(eng.offer, [reserve({ [disk]: 100 }), create(db)])
    stage.settle()
    stage.puppets.diskTrouble = 'it is busy'
    eng.accept(eng.offer, numbered(destroy(db)))
    stage.settle()
    // Removing takes its time, and what is left of the volume may be offered meanwhile.
    await stage.clock.settled()
    stage.settle()
    expect(eng.operations).toMatchObject([
      { operationId: '1', state: 'OPERATION_FAILED', message: 'it is busy' },
    ])
    expect(agent().total).toMatchObject(
      Object.fromEntries(Object.keys(db).map((key) => [key, 100_000])),
    )
    expect(eng.offer.resources).toMatchObject(db)
  })

  it('one that was lost on its way is noticed when the agent comes back', () => {
    const { stage, eng, agent } = stageOfEng()
    const heal = stage.road.drop('allocation.apply')
    eng.accept(eng.offer, numbered(reserve({ [forEng]: 1 })))
    stage.settle()
    expect(agent().total).toMatchObject({ [forEng]: 1_000 })
    heal()
    const silence = stage.road.drop('lifecycle.ping')
    stage.advance(75_100)
    silence()
    stage.advance(1_000)
    expect(eng.operations).toMatchObject([{ operationId: '1', state: 'OPERATION_DROPPED' }])
    expect(agent().total).toEqual({ cpus: 4_000, mem: 1_024_000, disk: 500_000 })
    expect(eng.offers.at(-1)?.resources).toMatchObject({ cpus: 4 })
  })

  it('one whose answer was lost is known to be done when the agent comes back', () => {
    const { stage, eng, agent } = stageOfEng()
    const heal = stage.road.drop('allocation.operationUpdate', 'master')
    eng.accept(eng.offer, numbered(reserve({ [forEng]: 1 })))
    stage.settle()
    heal()
    expect(eng.operations).toEqual([])
    const silence = stage.road.drop('lifecycle.ping')
    stage.advance(75_100)
    silence()
    stage.advance(1_000)
    expect(eng.operations).toMatchObject([{ operationId: '1', state: 'OPERATION_FINISHED' }])
    expect(agent().total).toMatchObject({ [forEng]: 1_000 })
  })

  it('every message about them arrives twice, and they are done once', () => {
    const { stage, eng, agent } = stageOfEng()
    for (const type of ['allocation.apply', 'allocation.operationUpdate']) stage.road.double(type)
    eng.accept(eng.offer, [...numbered(reserve({ [forEng]: 1 })), reserve({ [forEng]: 1 })])
    stage.settle()
    expect(agent().total).toMatchObject({ cpus: 2_000, [forEng]: 2_000 })
    expect(new Set(eng.operations.map(({ state }) => state))).toEqual(
      new Set(['OPERATION_FINISHED']),
    )
  })
})

describe('Agents that come back', () => {
  it('an agent that was given up returns with what operations made of it, and its tasks', () => {
    const { stage, eng, agent } = stageOfEng()
    const task = commandOn(eng.offer, 'T1', { [forEng]: 1, ...db })
    eng.accept(eng.offer, [
      reserve({ [forEng]: 2, [disk]: 100 }),
      create(db),
      { type: 'LAUNCH', tasks: [task] },
    ])
    stage.settle()
    const before = { ...agent().total }
    const silence = [stage.road.drop('lifecycle.ping'), stage.road.drop('lifecycle.pong')]
    const away = stage.road.drop('lifecycle.reregisterAgent')
    stage.advance(120_000)
    expect(agent().state).toBe('unreachable')
    expect(stage.ledger.capacity).toMatchObject({ cpus: 0 })
    for (const heal of [...silence, away]) heal()
    stage.advance(120_000)
    expect(agent()).toMatchObject({ state: 'connected', total: before })
    expect(agent().used).toEqual({
      [forEng]: 1_000,
      ...Object.fromEntries(Object.keys(db).map((key) => [key, 100_000])),
    })
    expect(eng.states('T1').at(-1)).toBe('TASK_RUNNING')
  })

  it('operations that an agent did not answer before it was given up are unreachable', () => {
    const { stage, eng } = stageOfEng()
    stage.road.drop('allocation.operationUpdate', 'master')
    eng.accept(eng.offer, numbered(reserve({ [forEng]: 1 })))
    stage.road.drop('lifecycle.pong')
    stage.advance(120_000)
    expect(eng.operations).toMatchObject([{ operationId: '1', state: 'OPERATION_UNREACHABLE' }])
  })
})
