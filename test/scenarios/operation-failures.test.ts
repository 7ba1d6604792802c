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
} from '../support/reservations.ts'
import { Stage } from '../support/stage.ts'

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

  it('one that ended while its scheduler was away is told to the next instance, once', () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 4 })
    const framework = { name: 'eng', roles: ['eng'], principal: 'ops', failoverTimeoutMs: 60_000 }
    const eng = stage.scheduler('eng', framework)
    eng.accept(eng.offer, numbered(reserve({ [forEng]: 1 })))
    eng.crash()
    stage.settle()
    const heir = stage.mailbox('scheduler/heir')
    const { frameworkId } = eng
    for (const _ of ['first', 'again']) {
      heir.say({ type: 'lifecycle.reregister', frameworkId, framework })
      stage.settle()
    }
    expect(eng.operations).toEqual([])
    expect(heir.operations).toMatchObject([{ operationId: '1', state: 'OPERATION_FINISHED' }])
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
