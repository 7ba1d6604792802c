import { describe, expect, it } from 'vitest'
import type { TaskInfo } from '../../src/messages/index.ts'
import { commandOn } from '../support/fake-scheduler.ts'
import { Stage } from '../support/stage.ts'

function stageWithOne() {
  const stage = new Stage()
  stage.agent('agent-1', { cpus: 4, mem: 4_096 })
  const first = stage.scheduler('first')
  return { stage, first }
}

describe('Launches: the list of offers', () => {
  it('an offer that was rescinded drops the tasks, and nothing runs', () => {
    const { stage, first } = stageWithOne()
    const { offer } = first
    const second = stage.scheduler('second')
    stage.advance(30_000)
    first.launch(offer, [commandOn(offer, 'T1', { cpus: 1 })])
    stage.settle()
    expect(first.updates('T1')).toMatchObject([
      {
        state: 'TASK_DROPPED',
        source: 'MASTER',
        reason: 'INVALID_OFFERS',
        message: `offer ${offer.offerId} is not valid any more: used, declined, rescinded or unknown`,
      },
    ])
    expect(stage.puppets.running.size).toBe(0)
    expect(second.offers).toHaveLength(1)
  })

  it('a framework that knows no partitions hears TASK_LOST instead', () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 1 })
    const old = stage.scheduler('old', { capabilities: [] })
    old.launch({ ...old.offer, offerId: 'O99' }, [commandOn(old.offer, 'T1', { cpus: 1 })])
    stage.settle()
    expect(old.states('T1')).toEqual(['TASK_LOST'])
  })

  it('an offer of another framework is left alone', () => {
    const { stage, first } = stageWithOne()
    const { offer } = first
    const thief = stage.scheduler('thief')
    thief.launch(offer, [commandOn(offer, 'T1', { cpus: 1 })])
    thief.decline(offer, { refuseSeconds: 0 })
    stage.settle()
    expect(thief.updates('T1')).toMatchObject([{ state: 'TASK_DROPPED', reason: 'INVALID_OFFERS' }])
    expect(thief.offers).toEqual([])
    first.launch(offer, [commandOn(offer, 'T2', { cpus: 1 })])
    stage.settle()
    expect(first.states('T2')).toContain('TASK_RUNNING')
  })

  it('several offers of one agent are joined for a task that needs them all', () => {
    const { stage, first } = stageWithOne()
    const { offer } = first
    first.launch(offer, [commandOn(offer, 'T1', { cpus: 3, mem: 2_048 })], { refuseSeconds: 0 })
    stage.settle()
    const [rest] = first.offers
    expect(rest?.resources).toEqual({ cpus: 1, mem: 2_048 })
    stage.puppets.exit('T1')
    stage.settle()
    expect(first.offers.map(({ resources }) => resources)).toEqual([
      { cpus: 1, mem: 2_048 },
      { cpus: 3, mem: 2_048 },
    ])
    first.launch(first.offers, [commandOn(offer, 'T2', { cpus: 4, mem: 4_096 })])
    stage.settle()
    expect(first.states('T2')).toEqual(['TASK_STARTING', 'TASK_RUNNING'])
    expect(first.offers).toEqual([])
  })

  it('offers of two agents are not joined, and both are free again', () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 1 })
    stage.agent('agent-2', { cpus: 1 })
    const first = stage.scheduler('first')
    const [one] = first.offers
    if (one === undefined) throw new Error('no offer')
    first.launch(first.offers, [commandOn(one, 'T1', { cpus: 2 })])
    stage.settle()
    expect(first.updates('T1')[0]?.message).toMatch(/offers of the agents .* cannot be joined/)
    stage.advance(1_000)
    expect(first.offers).toHaveLength(2)
    expect(first.offers).not.toContainEqual(one)
  })

  it('bad launches one after the other do not keep the master busy', () => {
    const { stage, first } = stageWithOne()
    const { offer } = first
    first.answer = (fresh) => first.launch([fresh, fresh], [commandOn(fresh, 'T1', { cpus: 1 })])
    first.decline(offer, { refuseSeconds: 0 })
    stage.advance(10_000)
    expect(first.updates('T1').length).toBeGreaterThanOrEqual(9)
    expect(first.updates('T1').length).toBeLessThanOrEqual(11)
  })

  it('the same offer twice is refused', () => {
    const { stage, first } = stageWithOne()
    const { offer } = first
    first.launch([offer, offer], [commandOn(offer, 'T1', { cpus: 1 })])
    stage.settle()
    expect(first.updates('T1')[0]?.message).toBe(`offer ${offer.offerId} is named twice`)
  })

  it('no offer at all is answered too', () => {
    const { stage, first } = stageWithOne()
    first.launch([], [commandOn(first.offer, 'T1', { cpus: 1 })])
    stage.settle()
    expect(first.updates('T1')).toMatchObject([
      { state: 'TASK_DROPPED', message: 'the launch names no offer' },
    ])
  })

  it('an agent that is gone takes its offers with it', () => {
    const { stage, first } = stageWithOne()
    const { offer } = first
    stage.road.drop('lifecycle.pong')
    stage.road.drop('allocation.rescind')
    stage.advance(25_000)
    first.decline(offer, { refuseSeconds: 0 })
    stage.advance(60_000)
    const late = first.offers.at(-1)
    if (late === undefined) throw new Error('no offer')
    first.launch(late, [commandOn(late, 'T1', { cpus: 1 })])
    stage.settle()
    expect(first.updates('T1')).toMatchObject([{ state: 'TASK_DROPPED', reason: 'INVALID_OFFERS' }])
  })
})

describe('Launches: a task that cannot be', () => {
  const cases: [string, (task: TaskInfo) => TaskInfo, RegExp][] = [
    [
      'is bigger than the offer',
      (task) => ({ ...task, resources: { cpus: 8, mem: 64 } }),
      /needs <8 cpus, 64 MB>, but only <4 cpus, 4096 MB> is left of the offer: cpus is short/,
    ],
    [
      'has both a command and an executor',
      (task) => ({ ...task, executor: { executorId: 'E', type: 'FUNCTION' } }),
      /either a command or an executor, and exactly one of them/,
    ],
    [
      'has neither a command nor an executor',
      ({ command: _command, ...task }) => task,
      /either a command or an executor, and exactly one of them/,
    ],
    ['has an illegal id', (task) => ({ ...task, taskId: '../T1' }), /the task id .* is not legal/],
    ['names another agent', (task) => ({ ...task, agentId: 'S9' }), /names agent S9/],
    ['asks for nothing', (task) => ({ ...task, resources: { cpus: 0 } }), /no resources at all/],
    [
      'asks for what nobody has',
      (task) => ({ ...task, resources: { gpus: 1 } }),
      /needs <1 gpu>, but only .*: gpus is short/,
    ],
    ['has an empty command', (task) => ({ ...task, command: { value: ' ' } }), /command is empty/],
    [
      'has a negative grace period',
      (task) => ({ ...task, killPolicy: { gracePeriodMs: -1 } }),
      /killPolicy.gracePeriodMs is -1/,
    ],
    [
      'has a health check without a command',
      (task) => ({ ...task, healthCheck: { type: 'COMMAND' } }),
      /health check has no command/,
    ],
  ]

  for (const [what, change, sentence] of cases) {
    it(`that ${what} ends as TASK_ERROR with a sentence, and the others run`, () => {
      const { stage, first } = stageWithOne()
      const { offer } = first
      const bad = change(commandOn(offer, 'T1', { cpus: 1, mem: 64 }))
      first.launch(offer, [bad, commandOn(offer, 'T2', { cpus: 1, mem: 64 })])
      stage.settle()
      expect(first.updates(bad.taskId)).toMatchObject([
        { state: 'TASK_ERROR', source: 'MASTER', reason: 'TASK_INVALID' },
      ])
      expect(first.updates(bad.taskId)[0]?.message).toMatch(sentence)
      expect(first.states('T2')).toContain('TASK_RUNNING')
      expect([...stage.puppets.running.keys()]).toEqual(['T2'])
    })
  }

  it('two tasks of one id: the first runs, the second is an error', () => {
    const { stage, first } = stageWithOne()
    const { offer } = first
    const task = commandOn(offer, 'T1', { cpus: 1 })
    first.launch(offer, [task, task])
    stage.settle()
    expect(first.states('T1')).toEqual(['TASK_ERROR', 'TASK_STARTING', 'TASK_RUNNING'])
    expect(first.updates('T1')[0]?.message).toMatch(/task id T1 is in use/)
  })

  it('an id is free again when the last update of its task is acknowledged', () => {
    const { stage, first } = stageWithOne()
    const { offer } = first
    const launch = () => first.launch(first.offer, [commandOn(offer, 'T1', { cpus: 4 })])
    launch()
    stage.settle()
    stage.puppets.exit('T1')
    stage.advance(6_000)
    while (first.offers.length > 1) first.decline(first.offers[0] ?? offer, { refuseSeconds: 60 })
    stage.settle()
    launch()
    stage.settle()
    expect(first.states('T1')).toEqual([
      'TASK_STARTING',
      'TASK_RUNNING',
      'TASK_FINISHED',
      'TASK_STARTING',
      'TASK_RUNNING',
    ])
  })

  it('tasks of one launch share the offer: the one that finds too little is an error', () => {
    const { stage, first } = stageWithOne()
    const { offer } = first
    const tasks = ['T1', 'T2', 'T3'].map((id) => commandOn(offer, id, { cpus: 2 }))
    first.launch(offer, tasks)
    stage.settle()
    expect(first.updates('T3')[0]?.message).toMatch(/only <4096 MB> is left of the offer/)
    expect([...stage.puppets.running.keys()]).toEqual(['T1', 'T2'])
  })
})
