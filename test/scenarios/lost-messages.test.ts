import { describe, expect, it } from 'vitest'
import { commandOn } from '../support/fake-scheduler.ts'
import { Stage, stageWithTasks } from '../support/stage.ts'

describe('The road', () => {
  for (const type of ['task.update', 'task.launch', 'task.acknowledge', 'task.kill']) {
    it(`every ${type} arrives twice, and the task lives but once`, () => {
      const stage = new Stage()
      stage.agent('agent-1', { cpus: 1 })
      const first = stage.scheduler('first')
      stage.road.double(type)
      first.launch(first.offer, [commandOn(first.offer, 'T1', { cpus: 1 })])
      stage.advance(1_000)
      expect(first.states('T1')).toContain('TASK_RUNNING')
      first.kill('T1')
      stage.advance(30_000)
      const ends = first.updates('T1').filter(({ state }) => state === 'TASK_KILLED')
      expect(new Set(ends.map(({ uuid }) => uuid)).size).toBe(1)
      expect(stage.puppets.begun).toEqual(['T1'])
      expect(stage.puppets.asked).toEqual(['terminate T1'])
      expect([...stage.ledger.frameworks.values()][0]?.tasks.size).toBe(0)
    })
  }

  it('a launch that is lost on its way to the agent is found out when the agent returns', () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 1 })
    const first = stage.scheduler('first')
    const heal = stage.road.drop('task.launch', 'agent')
    first.launch(first.offer, [commandOn(first.offer, 'T1', { cpus: 1 })])
    stage.settle()
    heal()
    first.say({ type: 'task.reconcile', tasks: [{ taskId: 'T1' }] })
    stage.settle()
    expect(first.updates('T1')).toMatchObject([
      { state: 'TASK_STAGING', reason: 'RECONCILIATION', source: 'MASTER' },
    ])
    const silence = stage.road.drop('lifecycle.ping')
    stage.advance(75_100)
    silence()
    stage.advance(1_000)
    expect(first.updates('T1').at(-1)).toMatchObject({
      state: 'TASK_DROPPED',
      reason: 'RECONCILIATION',
      source: 'AGENT',
      message: 'the task never reached this agent',
    })
    expect([...stage.ledger.frameworks.values()][0]?.tasks.size).toBe(0)
  })

  it('an update that is lost is repeated, and those behind it keep their order', () => {
    const { stage, first } = stageWithTasks(['T1'])
    const heal = stage.road.drop('task.update', 'scheduler')
    stage.puppets.manner = 'stubborn'
    first.kill('T1')
    stage.advance(5_000)
    expect(stage.puppets.asked).toEqual(['terminate T1', 'kill T1'])
    heal()
    stage.advance(20_000)
    expect(first.states('T1').slice(2)).toEqual(['TASK_KILLING', 'TASK_KILLED'])
  })
})
