import { describe, expect, it } from 'vitest'
import { commandOn } from '../support/fake-scheduler.ts'
import { Stage } from '../support/stage.ts'

const agent = { hostname: 'agent-1', resources: { cpus: 4 } }

/** An agent that says whatever a test wants, and the ids that it is given. */
function createStage() {
  const stage = new Stage()
  const mailbox = stage.mailbox('agent/agent-1')
  const register = (instance: string) => {
    mailbox.say({ type: 'lifecycle.registerAgent', agent, instance })
    stage.settle()
    return stage.sent('lifecycle.agentRegistered').at(-1)?.agentId
  }
  return { stage, mailbox, register }
}

describe('Agents that register again (found by simulation under heavy faults)', () => {
  it('after a restart that nobody noticed the tasks of the run before are lost, not waited for', () => {
    const { stage, register } = createStage()
    const before = register('run-1')
    const first = stage.scheduler('first')
    first.launch(first.offer, [commandOn(first.offer, 'T1', { cpus: 1 })])
    stage.settle()
    const after = register('run-2')
    expect(after).not.toBe(before)
    expect(first.states('T1').at(-1)).toBe('TASK_LOST')
    expect(stage.ledger.agents.size).toBe(1)
  })

  it('a try that arrives after the link broke is answered with the same id', () => {
    const { stage, mailbox, register } = createStage()
    const id = register('run-1')
    mailbox.say({ type: 'lifecycle.exited', address: 'agent/agent-1', reason: 'its link broke' })
    stage.settle()
    expect(register('run-1')).toBe(id)
    expect([...stage.ledger.agents.keys()]).toEqual([id])
  })

  it('an answer to the run before is no answer to its successor', () => {
    const stage = new Stage()
    const mailbox = stage.mailbox('agent/agent-1')
    mailbox.say({ type: 'lifecycle.registerAgent', agent, instance: 'run-1' })
    stage.settle()
    const [answer] = stage.sent('lifecycle.agentRegistered')
    expect(answer).toMatchObject({ instance: 'run-1' })
  })

  it('a try that is repeated is answered with the same id, and loses nothing', () => {
    const { stage, register } = createStage()
    const id = register('run-1')
    const first = stage.scheduler('first')
    const { offer } = first
    expect(register('run-1')).toBe(id)
    expect(first.offer.offerId).toBe(offer.offerId)
    expect(stage.sent('allocation.rescind')).toEqual([])
  })
})
