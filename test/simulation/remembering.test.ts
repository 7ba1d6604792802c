import { describe, expect, test } from 'vitest'
import { MASTER, type Message, type TaskState } from '../../src/messages/index.ts'
import type { Happening } from '../../src/simulation/happenings.ts'
import { takenUpdatesAreTold } from '../../src/simulation/properties/liveness-taken-updates-are-told.ts'
import type { Property } from '../../src/simulation/properties/property.ts'
import { acknowledgedIsOver } from '../../src/simulation/properties/safety-acknowledged-is-over.ts'
import { idsAreNew } from '../../src/simulation/properties/safety-ids-are-new.ts'

const framework = { name: 'one', roles: ['one'] }
const task = { taskId: 'T1', name: 'T1', agentId: 'S1', resources: { cpus: 1 } }
const executor = 'executor/a/F1/T1'

/** A run that the test writes itself, as one property sees it. */
function observing({ observe }: Property, hasDisk = true) {
  const found: string[] = []
  let now = 0
  const machine = { hostname: 'a', resources: {}, running: [], hasDisk }
  const view = {
    get now() {
      return now
    },
    get ledger(): never {
      throw new Error('it judges by messages alone')
    },
    get timeouts(): never {
      throw new Error('it judges by messages alone')
    },
    tenants: [],
    machines: [machine],
    machineAt: (hostname: string) => (hostname === 'a' ? machine : undefined),
  }
  const observer = observe(view, (sentence) => found.push(sentence))
  const happen = (happening: Happening): void => observer.happened?.(happening)
  const passage = (from: string, to: string, message: Message) => ({
    number: 0,
    text: '',
    envelope: { from, to, message },
  })
  return {
    found,
    sent: (from: string, to: string, message: Message) =>
      happen({ type: 'sent', ...passage(from, to, message) }),
    delivered: (from: string, to: string, message: Message) =>
      happen({ type: 'delivered', ...passage(from, to, message) }),
    fault: (kind: string, detail = 'a') => happen({ type: 'fault', kind, detail }),
    wait: (ms: number) => {
      now += ms
    },
    end: () => observer.ended?.(),
  }
}

const launched: Message = { type: 'task.launch', frameworkId: 'F1', framework, tasks: [task] }
const taken: Message = {
  type: 'task.acknowledge',
  acknowledgements: [{ taskId: 'T1', uuid: 'u1' }],
}
const acknowledged: Message = { ...taken, frameworkId: 'F1' }

function update(state: TaskState, uuid: string): Message {
  const status = { taskId: 'T1', state, uuid, source: 'EXECUTOR', timestampMs: 0 } as const
  return {
    type: 'task.update',
    agentId: 'S1',
    updates: [{ frameworkId: 'F1', status, latestState: state }],
  }
}

describe('Ids are new', () => {
  const registered = (instance: string): Message => {
    return { type: 'lifecycle.agentRegistered', agentId: 'S1', totalPingTimeoutMs: 1, instance }
  }

  test('a life of an agent may hear its id again; another life, or another agent, may not', () => {
    const { found, sent } = observing(idsAreNew)
    sent(MASTER, 'agent/a', registered('i1'))
    sent(MASTER, 'agent/a', registered('i1'))
    expect(found).toEqual([])
    sent(MASTER, 'agent/a', registered('i2'))
    sent(MASTER, 'agent/b', registered('i1'))
    expect(found).toEqual([
      'the id S1 of agent/a i1 is given to agent/a i2',
      'the id S1 of agent/a i1 is given to agent/b i1',
    ])
  })

  test('a framework keeps its id wherever its scheduler lives; offers are made once', () => {
    const { found, sent } = observing(idsAreNew)
    const known = { frameworkId: 'F1', masterId: 'M', heartbeatIntervalMs: 1 }
    const offer = { offerId: 'O1', frameworkId: 'F1', agentId: 'S1', hostname: 'a', role: 'one' }
    const offers = [{ ...offer, resources: { cpus: 1 } }]
    sent(MASTER, 'scheduler/one', { type: 'lifecycle.registered', ...known })
    sent(MASTER, 'scheduler/one~1', { type: 'lifecycle.registered', ...known })
    sent(MASTER, 'scheduler/one', { type: 'allocation.offer', offers })
    expect(found).toEqual([])
    sent(MASTER, 'scheduler/two', { type: 'lifecycle.registered', ...known })
    sent(MASTER, 'scheduler/one', { type: 'allocation.offer', offers })
    expect(found).toEqual([
      'the id F1 of scheduler/one is given to scheduler/two',
      'the offer O1 is made again',
    ])
  })
})

describe('What is acknowledged is over', () => {
  test('an agent that is killed long after it heard the acknowledgement does not repeat', () => {
    const { found, sent, delivered, fault, wait } = observing(acknowledgedIsOver)
    delivered(MASTER, 'agent/a', acknowledged)
    wait(10_000)
    fault('agent-restart')
    sent('agent/a', MASTER, update('TASK_FINISHED', 'u2'))
    expect(found).toEqual([])
    sent('agent/a', MASTER, update('TASK_RUNNING', 'u1'))
    expect(found).toEqual(['agent/a says again that T1 is TASK_RUNNING, which was acknowledged'])
  })

  test.each(['agent-restart', 'pause'])('%s before it was stored: it may be repeated', (kind) => {
    const { found, sent, delivered, fault, wait } = observing(acknowledgedIsOver)
    delivered(MASTER, 'agent/a', acknowledged)
    wait(1_000)
    fault(kind)
    wait(60_000)
    sent('agent/a', MASTER, update('TASK_RUNNING', 'u1'))
    expect(found).toEqual([])
  })
})

describe('What was taken from an executor is told', () => {
  function killedAgent({ kind = 'agent-restart', hasDisk = true, launch = launched } = {}) {
    const run = observing(takenUpdatesAreTold, hasDisk)
    run.delivered(MASTER, 'agent/a', launch)
    run.sent('agent/a', executor, taken)
    run.fault(kind)
    return run
  }

  test('an agent whose next life says nothing of it has forgotten it', () => {
    const { found, end } = killedAgent()
    end()
    expect(found).toEqual(['a has forgotten what it took from the executor of T1'])
  })

  test('it was told by the next life', () => {
    const { found, end, sent } = killedAgent()
    sent('agent/a', MASTER, update('TASK_RUNNING', 'u1'))
    end()
    expect(found).toEqual([])
  })

  test('the framework does not outlive agents', () => {
    const brief = { ...launched, framework: { ...framework, checkpoint: false } }
    const { found, end } = killedAgent({ launch: brief })
    end()
    expect(found).toEqual([])
  })

  test.each([{ kind: 'agent-loss' }, { hasDisk: false }])('no disk is left: %o', (how) => {
    const { found, end } = killedAgent(how)
    end()
    expect(found).toEqual([])
  })

  test('the scheduler had acknowledged it', () => {
    const run = observing(takenUpdatesAreTold)
    run.delivered(MASTER, 'agent/a', launched)
    run.sent('agent/a', executor, taken)
    run.delivered(MASTER, 'agent/a', acknowledged)
    run.fault('agent-crash')
    run.end()
    expect(run.found).toEqual([])
  })

  test('the scheduler had acknowledged it, and the executor that had not heard repeated it', () => {
    const run = observing(takenUpdatesAreTold)
    run.delivered(MASTER, 'agent/a', launched)
    run.sent('agent/a', executor, taken)
    run.delivered(MASTER, 'agent/a', acknowledged)
    run.sent('agent/a', executor, taken)
    run.fault('agent-restart')
    run.end()
    expect(run.found).toEqual([])
  })
})
