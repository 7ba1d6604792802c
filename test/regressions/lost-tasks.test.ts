import { describe, expect, it } from 'vitest'
import { commandOn } from '../support/fake-scheduler.ts'
import { Stage, stageWithTasks } from '../support/stage.ts'

/** The link to the agent breaks; what is said until `mend` is called is lost both ways. */
function breakLink(stage: Stage): () => void {
  const isBetween = (one: string, other: string) =>
    one === 'master' ? other === 'agent/agent-1' : one === 'agent/agent-1' && other === 'master'
  const mend = stage.road.lose(({ from, to }) => isBetween(from, to))
  const reason = 'its link broke'
  const message = { type: 'lifecycle.exited', address: 'agent/agent-1', reason } as const
  stage.road.send({ from: 'host', to: 'master', message })
  stage.settle()
  return mend
}

/** One task of four cpus runs, and its framework was told that it is lost. */
function stageWithLostTask() {
  const { stage, first } = stageWithTasks(['T1'])
  const mend = breakLink(stage)
  expect(first.states('T1').at(-1)).toBe('TASK_LOST')
  return { stage, first, mend }
}

describe('A task that was called lost (found by simulation under heavy faults)', () => {
  it('is ended when its agent returns, and its framework hears no more of it', () => {
    const { stage, first, mend } = stageWithLostTask()
    const known = first.updates('T1').length
    mend()
    stage.advance(40_000)
    expect(stage.puppets.asked).toEqual(['terminate T1'])
    expect(stage.puppets.running.size).toBe(0)
    expect(first.updates('T1').slice(known)).toEqual([])
  })

  it('that ended while nobody was there is not told of either, nor repeated for ever', () => {
    const { stage, first, mend } = stageWithLostTask()
    const known = first.updates('T1').length
    stage.puppets.exit('T1')
    mend()
    stage.advance(40_000)
    const count = stage.sent('task.update', 'agent/agent-1').length
    stage.advance(1_200_000)
    expect(first.updates('T1').slice(known)).toEqual([])
    expect(stage.sent('task.update', 'agent/agent-1').length).toBe(count)
  })

  it('stays lost when its agent was out of sight for so long that it is unreachable', () => {
    const { stage, first, mend } = stageWithLostTask()
    stage.advance(120_000)
    expect([...stage.ledger.agents.values()].map(({ state }) => state)).toEqual(['unreachable'])
    const known = first.updates('T1').length
    mend()
    stage.advance(120_000)
    expect(first.updates('T1').slice(known)).toEqual([])
    expect(stage.puppets.running.size).toBe(0)
  })

  it('keeps what it uses until it has ended, so that its machine is never overfull', () => {
    const { stage, mend } = stageWithLostTask()
    const second = stage.scheduler('second')
    stage.puppets.manner = 'stubborn'
    mend()
    const offered: unknown[] = []
    second.answer = ({ resources }) => offered.push([stage.puppets.running.size, resources.cpus])
    stage.advance(60_000)
    expect(offered).toEqual([
      [1, 3],
      [0, 1],
    ])
  })

  it('is lost again when the link breaks again, and told of only once', () => {
    const { stage, first, mend } = stageWithLostTask()
    stage.puppets.manner = 'stubborn'
    mend()
    // Its end takes three seconds: the link breaks meanwhile.
    while (stage.puppets.asked.length === 0) stage.advance(100)
    const mendAgain = breakLink(stage)
    stage.advance(30_000)
    mendAgain()
    stage.advance(60_000)
    expect(first.states('T1').filter((state) => state === 'TASK_LOST')).toHaveLength(1)
    expect(stage.puppets.running.size).toBe(0)
  })

  it('has an id that cannot be used on its agent until it has ended', () => {
    const { stage, first, mend } = stageWithLostTask()
    stage.puppets.manner = 'stubborn'
    mend()
    first.say({ type: 'allocation.revive' })
    while (first.offers.length === 0) stage.advance(100)
    const { offer } = first
    first.launch(offer, [commandOn(offer, 'T1', { cpus: 1 })], { refuseSeconds: 0 })
    stage.settle()
    expect(first.updates('T1').at(-1)).toMatchObject({
      state: 'TASK_ERROR',
      message: 'task id T1 belongs to a lost task that is still being ended there',
    })
    stage.advance(10_000)
    const [later] = first.offers
    if (later === undefined) throw new Error('no offer')
    first.launch(later, [commandOn(later, 'T1', { cpus: 1 })])
    stage.settle()
    expect(first.states('T1').at(-1)).toBe('TASK_RUNNING')
  })

  it('is answered for as lost when its framework asks', () => {
    const { stage, first, mend } = stageWithLostTask()
    mend()
    stage.advance(40_000)
    const agentId = first.updates('T1').at(-1)?.agentId ?? ''
    first.say({ type: 'task.reconcile', tasks: [{ taskId: 'T1', agentId }] })
    stage.settle()
    expect(first.updates('T1').at(-1)).toMatchObject({
      state: 'TASK_LOST',
      reason: 'RECONCILIATION',
    })
  })
})

describe('A task that has ended, whose framework has not heard so yet', () => {
  /** It is done, but its framework has acknowledged nothing since it started. */
  function stageWithUnheardEnd() {
    const { stage, first } = stageWithTasks(['T1'])
    first.acknowledges = false
    stage.puppets.exit('T1')
    stage.advance(11_000)
    return { stage, first, agentId: first.updates('T1').at(-1)?.agentId ?? '' }
  }

  it('is still known when its link breaks: nobody is told that it is gone', () => {
    const { stage, first, agentId } = stageWithUnheardEnd()
    const mend = breakLink(stage)
    first.say({ type: 'task.reconcile', tasks: [{ taskId: 'T1', agentId }] })
    stage.settle()
    expect(first.states('T1').at(-1)).toBe('TASK_FINISHED')
    first.acknowledges = true
    mend()
    stage.advance(60_000)
    expect(new Set(first.states('T1'))).toEqual(
      new Set(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']),
    )
    expect(stage.ledger.frameworks.get(first.frameworkId)?.tasks.size).toBe(0)
  })

  it('is told of by the master when its agent is gone for good', () => {
    const { stage, first, agentId } = stageWithUnheardEnd()
    const before = first.updates('T1').length
    stage.road.send({
      from: 'agent/agent-1',
      to: 'master',
      message: { type: 'lifecycle.unregisterAgent', agentId },
    })
    stage.settle()
    expect(first.updates('T1').slice(before)).toMatchObject([
      { state: 'TASK_FINISHED', source: 'MASTER', reason: 'AGENT_REMOVED' },
    ])
  })

  it('is not over in an answer before its agent has told what came first', () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 4 })
    const first = stage.scheduler('first')
    const silence = stage.road.drop('task.update', 'scheduler/')
    first.acknowledges = false
    first.launch(first.offer, [commandOn(first.offer, 'T1', { cpus: 1 })])
    stage.settle()
    stage.puppets.exit('T1')
    stage.advance(100_000)
    silence()
    stage.advance(300_000)
    const states = first.states('T1')
    expect(states.indexOf('TASK_FINISHED')).toBe(-1)
    expect(states.length).toBeGreaterThan(0)
  })
})
