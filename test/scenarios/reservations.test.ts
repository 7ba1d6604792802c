import { describe, expect, it } from 'vitest'
import { commandOn } from '../support/fake-scheduler.ts'
import {
  create,
  db,
  destroy,
  disk,
  forEng,
  numbered,
  reserve,
  stageOfEng,
  unreserve,
} from '../support/reservations.ts'

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
    eng.accept(eng.offer, [reserve({ [forEng]: 4 })])
    stage.settle()
    eng.decline(eng.offer, { refuseSeconds: 3_600 })
    const ads = stage.scheduler('ads', { roles: ['eng/ads'] })
    stage.advance(2_000)
    ads.accept(ads.offer, [reserve({ 'cpus(eng,ops)(eng/ads,ops,team=web)': 4 })])
    stage.settle()
    ads.say({ type: 'allocation.suppress' })
    ads.accept(ads.offer, [unreserve({ 'cpus(eng,ops)(eng/ads,ops,team=web)': 3 })])
    stage.settle()
    expect(agent().total).toEqual({ [forEng]: 3_000, 'cpus(eng,ops)(eng/ads,ops,team=web)': 1_000 })
    eng.say({ type: 'allocation.revive' })
    stage.advance(2_000)
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
      {
        operationId: '2',
        state: 'OPERATION_ERROR',
        message: expect.stringContaining('was offered to eng can be reserved only for eng'),
      },
    ])
    eng.say({ type: 'allocation.suppress' })
    const ads = stage.scheduler('ads', { roles: ['eng/ads'] })
    stage.advance(6_000)
    ads.accept(ads.offer, numbered(reserve({ 'cpus(eng)(eng/ads,ops)': 1 })))
    stage.settle()
    expect(ads.operations).toMatchObject([{ state: 'OPERATION_FINISHED' }])
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
