import { describe, expect, it } from 'vitest'
import type { TaskInfo } from '../../src/messages/index.ts'
import { commandOn } from '../support/fake-scheduler.ts'
import { Stage, stageWithTasks } from '../support/stage.ts'

/** The same task, run by an executor that it shares with others. */
function shared(task: TaskInfo): TaskInfo {
  const { command: _command, ...rest } = task
  return { ...rest, executor: { executorId: 'shared', type: 'FUNCTION' }, data: 'call-1' }
}

describe('Failures: a scheduler', () => {
  it('that crashes loses its tasks at once, and its resources go to others', () => {
    const { stage, first } = stageWithTasks(['T1', 'T2'])
    const second = stage.scheduler('second')
    const { offer } = second
    first.crash()
    stage.settle()
    expect(stage.puppets.asked.sort()).toEqual(['terminate T1', 'terminate T2'])
    expect(stage.puppets.running.size).toBe(0)
    expect([...stage.ledger.frameworks.values()].map(({ info }) => info.name)).toEqual(['second'])
    expect(second.offers.map(({ resources }) => resources)).toEqual([
      offer.resources,
      { cpus: 2, mem: 1_024 },
    ])
  })

  it('that crashes with a failover time keeps its tasks for as long', () => {
    const { stage, first } = stageWithTasks(['T1'], { failoverTimeoutMs: 60_000 })
    first.crash()
    stage.advance(59_000)
    expect([...stage.puppets.running.keys()]).toEqual(['T1'])
    stage.advance(2_000)
    expect(stage.puppets.running.size).toBe(0)
    expect(stage.ledger.frameworks.size).toBe(0)
  })

  it('that comes back in time under its id hears what its tasks did meanwhile', () => {
    const { stage, first } = stageWithTasks(['T1'], { failoverTimeoutMs: 60_000 })
    const { frameworkId } = first
    first.crash()
    stage.puppets.exit('T1')
    stage.advance(5_000)
    const heir = stage.mailbox('scheduler/heir')
    heir.say({
      type: 'lifecycle.reregister',
      frameworkId,
      framework: { name: 'first', roles: ['first'], failoverTimeoutMs: 60_000 },
    })
    stage.advance(20_000)
    expect(heir.heard('lifecycle.reregistered')).toMatchObject([{ frameworkId }])
    expect(heir.states('T1')).toEqual(['TASK_FINISHED'])
  })

  it('that never acknowledges hears its update again after 10, 20, 40 … seconds', () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 1 })
    const deaf = stage.scheduler('deaf')
    deaf.acknowledges = false
    deaf.launch(deaf.offer, [commandOn(deaf.offer, 'T1', { cpus: 1 })])
    stage.settle()
    const heardAt: number[] = []
    const since = stage.clock.now()
    for (let seconds = 0; seconds <= 200; seconds++) {
      const known = deaf.updates('T1').length
      if (known > heardAt.length) heardAt.push((stage.clock.now() - since) / 1_000)
      stage.advance(1_000)
    }
    expect(heardAt).toEqual([0, 10, 30, 70, 150])
    expect(new Set(deaf.states('T1'))).toEqual(new Set(['TASK_STARTING']))
    expect(new Set(deaf.updates('T1').map(({ uuid }) => uuid)).size).toBe(1)
  })

  it('that acknowledges twice, or what nobody sent, does no harm', () => {
    const { stage, first } = stageWithTasks(['T1'])
    const [starting] = first.updates('T1')
    if (starting === undefined) throw new Error('no update')
    first.acknowledge(starting)
    first.acknowledge({ ...starting, uuid: 'no such update' })
    first.acknowledge({ ...starting, taskId: 'no such task' })
    stage.puppets.exit('T1')
    stage.settle()
    expect(first.states('T1')).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED'])
    expect([...stage.ledger.frameworks.values()][0]?.tasks.size).toBe(0)
  })
})

describe('Failures: an agent', () => {
  it('that stops answering pings is unreachable: tasks, offers and schedulers know it', () => {
    const { stage, first } = stageWithTasks(['T1'])
    const second = stage.scheduler('second')
    const { offerId, agentId } = second.offer
    // Answering keeps the offer out of the way of its own timeout.
    stage.road.drop('lifecycle.pong')
    stage.advance(20_000)
    expect(first.states('T1')).not.toContain('TASK_UNREACHABLE')
    second.decline(second.offer, { refuseSeconds: 0 })
    stage.advance(80_000)
    expect(first.updates('T1').at(-1)).toMatchObject({
      state: 'TASK_UNREACHABLE',
      reason: 'AGENT_REMOVED',
      message: expect.stringMatching(/5 pings were not answered/),
    })
    expect(first.heard('lifecycle.failure')).toMatchObject([{ agentId }])
    expect(second.heard('lifecycle.failure')).toMatchObject([{ agentId }])
    expect(second.offers).toEqual([])
    expect(second.heard('allocation.rescind').at(-1)?.offerIds).not.toContain(offerId)
    expect(stage.ledger.agents.get(agentId)?.state).toBe('unreachable')
    expect(stage.ledger.capacity).toMatchObject({ cpus: 0 })
  })

  it('is given as many pings as the master was told to give', () => {
    const stage = new Stage({ pingsMissedMax: 2, pingIntervalMs: 1_000 })
    stage.agent('agent-1', { cpus: 1 })
    stage.road.drop('lifecycle.pong')
    const states = () => [...stage.ledger.agents.values()].map(({ state }) => state)
    stage.advance(1_900)
    expect(states()).toEqual(['connected'])
    stage.advance(1_200)
    expect(states()).toEqual(['unreachable'])
  })

  it('that comes back brings its tasks and its resources with it', () => {
    const { stage, first } = stageWithTasks(['T1', 'T2'])
    const agentId = first.updates('T1')[0]?.agentId ?? ''
    const heal = stage.road.drop('lifecycle.pong')
    stage.advance(100_000)
    expect(first.states('T1').at(-1)).toBe('TASK_UNREACHABLE')
    heal()
    // The master pings it no more, so that it notices the silence and registers again.
    stage.advance(100_000)
    expect(stage.ledger.agents.get(agentId)?.state).toBe('connected')
    expect(first.updates('T1').at(-1)).toMatchObject({
      state: 'TASK_RUNNING',
      reason: 'AGENT_REREGISTERED',
    })
    stage.puppets.exit('T1')
    stage.settle()
    expect(first.states('T1').at(-1)).toBe('TASK_FINISHED')
    const [framework] = stage.ledger.frameworks.values()
    expect([...(framework?.tasks.keys() ?? [])]).toEqual(['T2'])
    expect(framework?.unreachableTasks.size).toBe(0)
  })

  it('whose link breaks loses its tasks for good', () => {
    const { stage, first } = stageWithTasks(['T1'])
    stage.log.clear()
    stage.mailbox('agent/broken').say({
      type: 'lifecycle.exited',
      address: 'agent/agent-1',
      reason: 'connection reset',
    })
    stage.settle()
    expect(first.updates('T1').at(-1)).toMatchObject({
      state: 'TASK_LOST',
      reason: 'AGENT_DISCONNECTED',
      message: expect.stringMatching(/connection reset/),
    })
  })

  it('that leaves in good order ends its tasks and is forgotten', async () => {
    const { stage, first } = stageWithTasks([])
    const second = stage.agent('agent-2', { cpus: 8 })
    stage.settle()
    const offer = first.offers.find(({ hostname }) => hostname === 'agent-2')
    if (offer === undefined) throw new Error('no offer')
    first.launch(offer, [commandOn(offer, 'T9', { cpus: 8 })])
    stage.settle()
    const stopped = second.stop()
    stage.advance(10_000)
    await stopped
    expect(stage.puppets.running.size).toBe(0)
    expect(first.states('T9').at(-1)).toBe('TASK_LOST')
    expect([...stage.ledger.agents.values()].map(({ info }) => info.hostname)).toEqual(['agent-1'])
  })
})

describe('Failures: an executor', () => {
  it('that crashes fails its tasks, says why, and hurts nobody else', () => {
    const { stage, first } = stageWithTasks(['T1'])
    stage.puppets.crashOn = 'T3'
    first.say({ type: 'allocation.revive' })
    stage.settle()
    const { offer } = first
    const tasks = ['T2', 'T3'].map((id) => shared(commandOn(offer, id, { cpus: 1 })))
    first.launch(offer, tasks, { refuseSeconds: 3_600 })
    stage.settle()
    for (const id of ['T2', 'T3']) {
      expect(first.updates(id).at(-1)).toMatchObject({
        state: 'TASK_FAILED',
        source: 'AGENT',
        reason: 'EXECUTOR_TERMINATED',
        message: 'the runner is broken',
      })
    }
    expect(first.heard('lifecycle.failure')).toMatchObject([{ executorId: 'shared' }])
    expect([...stage.puppets.running.keys()]).toEqual(['T1'])
    expect(first.states('T1').at(-1)).toBe('TASK_RUNNING')
  })

  it('that never registers fails its task after a minute', () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 1 })
    stage.road.drop('lifecycle.registerExecutor')
    const first = stage.scheduler('first')
    first.launch(first.offer, [commandOn(first.offer, 'T1', { cpus: 1 })])
    stage.advance(59_900)
    expect(first.states('T1')).toEqual([])
    stage.advance(200)
    expect(first.updates('T1')).toMatchObject([
      {
        state: 'TASK_FAILED',
        reason: 'EXECUTOR_REGISTRATION_TIMEOUT',
        message: 'the executor did not register within 60000 ms',
      },
    ])
    expect(stage.puppets.running.size).toBe(0)
  })

  it('whose first word is lost says it again a second later, and gets its task', () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 1 })
    const heal = stage.road.drop('lifecycle.registerExecutor')
    const first = stage.scheduler('first')
    first.launch(first.offer, [commandOn(first.offer, 'T1', { cpus: 1 })])
    stage.settle()
    heal()
    stage.advance(1_000)
    expect(first.states('T1')).toEqual(['TASK_STARTING', 'TASK_RUNNING'])
  })
})
