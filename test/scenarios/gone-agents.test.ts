import { describe, expect, it } from 'vitest'
import { commandOn } from '../support/fake-scheduler.ts'
import { Stage } from '../support/stage.ts'
import { agentIn, agentOfTwo, aware, lastWord, operatorOf, unaware } from '../support/upkeep.ts'

const agent = 'agent-1'
const markGone = { type: 'lifecycle.markAgentGone', agent } as const

function cutOff(stage: Stage): () => void {
  return stage.road.lose(({ from, to }) => [from, to].includes('agent/agent-1'))
}

describe('Gone: an agent that an operator gives up', () => {
  const ways: [string, (stage: Stage) => void][] = [
    ['while it is connected', () => {}],
    [
      'while it is disconnected',
      (stage) => {
        stage.mailbox('agent/broken').say({
          type: 'lifecycle.exited',
          address: 'agent/agent-1',
          reason: 'connection reset',
        })
        stage.settle()
      },
    ],
    [
      'while it is unreachable',
      (stage) => {
        cutOff(stage)
        stage.advance(100_000)
      },
    ],
  ]
  it.each(ways)('%s has no tasks any more, and its resources are nobody’s', (_what, before) => {
    const { stage, ask } = agentOfTwo()
    const { id } = agentIn(stage)
    before(stage)
    expect(ask(markGone)).toBe('done')
    expect(stage.ledger.agents.size).toBe(0)
    expect([...stage.ledger.goneAgents.keys()]).toEqual([id])
    expect(stage.ledger.capacity).toEqual({ cpus: 0, mem: 0 })
    for (const { tasks, unreachableTasks } of stage.ledger.frameworks.values()) {
      expect([tasks.size, unreachableTasks.size]).toEqual([0, 0])
    }
    expect(ask(markGone)).toBe('done')
    expect(ask({ ...markGone, agent: id })).toBe('done')
  })

  it('is TASK_GONE_BY_OPERATOR to the aware, TASK_LOST to the unaware; both hear of the failure', () => {
    const { stage, ask, first, second } = agentOfTwo()
    const { id } = agentIn(stage)
    ask(markGone)
    expect(lastWord(first, 'A1')).toBe('TASK_GONE_BY_OPERATOR AGENT_REMOVED_BY_OPERATOR MASTER')
    expect(lastWord(second, 'U1')).toBe('TASK_LOST AGENT_REMOVED MASTER')
    expect(first.updates('A1').at(-1)).not.toHaveProperty('uuid')
    for (const each of [first, second]) {
      expect(each.heard('lifecycle.failure')).toMatchObject([{ agentId: id }])
    }
  })

  it('is told so for tasks that were out of reach before, too', () => {
    const { stage, ask, first, second } = agentOfTwo()
    cutOff(stage)
    stage.advance(100_000)
    expect([first.states('A1').at(-1), second.states('U1').at(-1)]).toEqual([
      'TASK_UNREACHABLE',
      'TASK_LOST',
    ])
    ask(markGone)
    expect(lastWord(first, 'A1')).toBe('TASK_GONE_BY_OPERATOR AGENT_REMOVED_BY_OPERATOR MASTER')
    expect(lastWord(second, 'U1')).toBe('TASK_LOST AGENT_REMOVED MASTER')
  })

  it('is told of tasks that had ended as they ended, when nobody can acknowledge that any more', () => {
    const { stage, ask, first } = agentOfTwo()
    first.acknowledges = false
    stage.puppets.exit('A1')
    stage.advance(5_000)
    expect(agentIn(stage).tasks.size).toBe(2)
    ask(markGone)
    expect(lastWord(first, 'A1')).toBe('TASK_FINISHED AGENT_REMOVED MASTER')
  })

  it('ends, with everything on it', () => {
    const { stage, ask } = agentOfTwo()
    ask(markGone)
    expect(stage.puppets.running.size).toBe(0)
    stage.advance(100_000)
    expect(stage.sent('lifecycle.reregisterAgent')).toEqual([])
  })

  it('that comes back is refused, however often, and its tasks stay gone', () => {
    const { stage, ask, first } = agentOfTwo()
    const { id } = agentIn(stage)
    const heal = cutOff(stage)
    stage.advance(100_000)
    ask(markGone)
    heal()
    stage.advance(200_000)
    expect(stage.sent('lifecycle.shutdown', 'master', 'agent/agent-1')).toEqual([
      { type: 'lifecycle.shutdown', message: `refused: agent ${id} was declared gone` },
    ])
    expect(stage.puppets.running.size).toBe(0)
    expect(stage.ledger.agents.size).toBe(0)
    expect(first.states('A1').at(-1)).toBe('TASK_GONE_BY_OPERATOR')
    const info = { hostname: agent, resources: { cpus: 4 } }
    const ghost = stage.mailbox('agent/ghost')
    for (let tries = 1; tries <= 2; tries++) {
      ghost.say({
        type: 'lifecycle.reregisterAgent',
        agentId: id,
        agent: info,
        tasks: [],
        frameworks: [],
      })
      stage.settle()
      expect(ghost.heard('lifecycle.shutdown')).toHaveLength(tries)
    }
    ghost.say({ type: 'lifecycle.registerAgent', agent: info })
    stage.settle()
    expect(ghost.heard('lifecycle.agentRegistered')).toHaveLength(1)
    expect(agentIn(stage).id).not.toBe(id)
  })

  it.each([
    ['with its agent: gone by operator', aware, true, 'TASK_GONE_BY_OPERATOR'],
    ['without it: unknown', aware, false, 'TASK_UNKNOWN'],
    ['of an unaware framework: lost', unaware, true, 'TASK_LOST'],
  ])('is the answer to a question about a task %s', (_what, info, named, state) => {
    const stage = new Stage()
    stage.agent(agent, { cpus: 1 })
    const { id } = agentIn(stage)
    const scheduler = stage.scheduler('first', info)
    operatorOf(stage)(markGone)
    const tasks = [{ taskId: 'T9', ...(named && { agentId: id }) }]
    scheduler.say({ type: 'task.reconcile', tasks })
    stage.settle()
    expect(lastWord(scheduler, 'T9')).toBe(`${state} RECONCILIATION MASTER`)
  })

  it('ends the operations that it had not answered', () => {
    const stage = new Stage()
    stage.agent(agent, { cpus: 2 })
    const scheduler = stage.scheduler('first', { ...aware, principal: 'ops' })
    stage.road.drop('allocation.apply')
    scheduler.accept(scheduler.offer, [
      { type: 'RESERVE', operationId: 'P1', resources: { 'cpus(first,ops)': 1 } },
    ])
    stage.settle()
    operatorOf(stage)(markGone)
    expect(scheduler.operations).toMatchObject([
      { operationId: 'P1', state: 'OPERATION_GONE_BY_OPERATOR' },
    ])
  })

  it('rescinds what was offered of it', () => {
    const stage = new Stage()
    stage.agent(agent, { cpus: 2 })
    const scheduler = stage.scheduler('first')
    const { offer } = scheduler
    operatorOf(stage)(markGone)
    expect(scheduler.offers).toEqual([])
    scheduler.launch(offer, [commandOn(offer, 'T1', { cpus: 1 })])
    stage.settle()
    expect(lastWord(scheduler, 'T1')).toBe('TASK_DROPPED INVALID_OFFERS MASTER')
  })

  it('that nobody knows is refused', () => {
    const { stage, ask } = agentOfTwo()
    expect(ask({ ...markGone, agent: 'nobody' })).toBe('there is no agent nobody')
    expect(stage.puppets.running.size).toBe(2)
  })
})
