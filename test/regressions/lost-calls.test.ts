import { describe, expect, it } from 'vitest'
import { commandOn } from '../support/fake-scheduler.ts'
import { Stage, stageWithTasks } from '../support/stage.ts'

/** Pings go out every 15 s; an agent that missed something registers again within another one. */
const boundMs = 17_000

/** One agent, one framework with an offer, and a road that loses one type on the way there. */
function stageLosing(type: string) {
  const stage = new Stage()
  stage.agent('agent-1', { cpus: 4 })
  const first = stage.scheduler('first')
  return { stage, first, heal: stage.road.drop(type, 'agent/') }
}

describe('A call of the master that an agent never hears (found by simulation with loss)', () => {
  it('a launch: the next ping tells, and the task is dropped instead of staged for ever', () => {
    const { stage, first, heal } = stageLosing('task.launch')
    first.launch(first.offer, [commandOn(first.offer, 'T1', { cpus: 1 })])
    stage.settle()
    heal()
    stage.advance(boundMs)
    expect(first.updates('T1')).toMatchObject([{ state: 'TASK_DROPPED', reason: 'RECONCILIATION' }])
  })

  it('one launch of two: the other one is not touched', () => {
    const { stage, first, heal } = stageLosing('task.launch')
    const { offer } = first
    first.launch(offer, [commandOn(offer, 'T1', { cpus: 1 })], { refuseSeconds: 0 })
    stage.settle()
    heal()
    stage.advance(1_000)
    const [rest] = first.offers
    if (rest === undefined) throw new Error('no offer')
    first.launch(rest, [commandOn(rest, 'T2', { cpus: 1 })])
    stage.advance(boundMs)
    expect(first.states('T1')).toEqual(['TASK_DROPPED'])
    expect(first.states('T2').at(-1)).toBe('TASK_RUNNING')
  })

  it('a kill: it is repeated', () => {
    const { stage, first } = stageWithTasks(['T1'])
    const heal = stage.road.drop('task.kill', 'agent/')
    first.kill('T1')
    stage.settle()
    heal()
    stage.advance(boundMs)
    expect(first.states('T1').at(-1)).toBe('TASK_KILLED')
  })

  it('the end of a framework: its tasks end', () => {
    const { stage, first } = stageWithTasks(['T1'])
    const heal = stage.road.drop('lifecycle.shutdownFramework', 'agent/')
    first.crash()
    stage.settle()
    heal()
    stage.advance(boundMs)
    expect(stage.puppets.running.size).toBe(0)
  })

  it('the answer to a try that was repeated, with a launch before it', () => {
    const stage = new Stage()
    const first = stage.scheduler('first')
    const free = stage.road.hold('master', 'agent/agent-1')
    // Nothing comes back, so it tries again: two answers are on their way, with a launch between.
    stage.agent('agent-1', { cpus: 4 })
    stage.advance(1_000)
    first.launch(first.offer, [commandOn(first.offer, 'T1', { cpus: 1 })])
    while (stage.sent('lifecycle.registerAgent').length < 3) stage.advance(1_000)
    const heal = stage.road.drop('task.launch', 'agent/')
    free()
    stage.settle()
    heal()
    stage.advance(boundMs)
    expect(first.states('T1')).toEqual(['TASK_DROPPED'])
  })

  it('the answer to its first try, with a launch after it', () => {
    const stage = new Stage()
    const first = stage.scheduler('first')
    const heal = stage.road.lose(({ to }) => to === 'agent/agent-1')
    stage.agent('agent-1', { cpus: 4 })
    first.launch(first.offer, [commandOn(first.offer, 'T1', { cpus: 1 })])
    stage.settle()
    heal()
    stage.advance(2 * boundMs)
    expect(first.states('T1')).toEqual(['TASK_DROPPED'])
  })

  it('nothing was lost: nobody registers again', () => {
    const { stage } = stageWithTasks(['T1', 'T2'])
    stage.puppets.exit('T1')
    stage.advance(300_000)
    expect(stage.sent('lifecycle.reregisterAgent')).toEqual([])
  })
})
