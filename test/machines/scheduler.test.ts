import { describe, expect, test } from 'vitest'
import { schedulerMachine } from '../../src/machines/scheduler.ts'
import { Stage } from './support/stage.ts'
import {
  conversation,
  schedulerInput,
  statesOf,
  task,
  told,
  updates,
} from './support/universe-scheduler.ts'
import { coverWith } from './support/world.ts'

function created(): Stage {
  return new Stage(schedulerMachine, schedulerInput, ['notify'])
}

/** What the owner was told, by type, since the start. */
function notices(stage: Stage): unknown[] {
  return stage.done.map(({ params }) =>
    typeof params === 'object' && params !== null && 'notice' in params ? params.notice : params,
  )
}

describe('Scheduler: in every state of a small world', () => {
  test('nothing it is told makes it fail, and each transition is taken', () => {
    const states = coverWith(schedulerMachine, { conversation })
    expect(states.conversation).toBeGreaterThan(100)
  })
})

describe('Scheduler: timers', () => {
  test('it asks to join at once, then after longer and longer random whiles up to a minute', () => {
    const stage = created().advance(600_000)
    const times = stage.times('lifecycle.register')
    expect(times[0]).toBe(0)
    const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    expect(waits.length).toBeGreaterThan(10)
    for (const [attempt, wait] of waits.entries()) {
      expect(wait).toBeGreaterThan(0)
      expect(wait).toBeLessThanOrEqual(Math.min(60_000, 1_000 * 2 ** (attempt + 1)))
    }
    expect(Math.max(...waits)).toBeGreaterThan(10_000)
  })

  test('two schedulers with the same seed ask at the same times', () => {
    const times = () => created().advance(600_000).times('lifecycle.register')
    expect(times()).toEqual(times())
  })

  test('it asks no more once it has joined', () => {
    const stage = created().tell(told.registered)
    stage.heard()
    stage.advance(74_999)
    expect(stage.heard()).toEqual([])
  })

  test('after 75 s without a heartbeat its offers are void and it registers again with its id', () => {
    const stage = created().tell(told.registered, told.offers).advance(75_000)
    expect(notices(stage).slice(-2)).toMatchObject([
      { type: 'rescinded', offerIds: ['O1', 'O2'] },
      { type: 'disconnected' },
    ])
    expect(stage.hear('lifecycle.reregister')).toMatchObject([
      { frameworkId: 'F', suppressedRoles: ['night'] },
    ])
  })

  test('each heartbeat starts the wait for the next anew', () => {
    const stage = created().tell(told.registered).advance(74_999).tell(told.heartbeat)
    stage.advance(74_999)
    expect(stage.state).toEqual({ registered: 'reconciled' })
    stage.advance(1)
    expect(stage.state).toBe('registering')
  })

  test.each([
    ['call.revive', 'allocation.revive'],
    ['call.suppress', 'allocation.suppress'],
  ] as const)(
    'what it wished for while it registered is said as soon as it has: %s',
    (type, said) => {
      const stage = created()
      stage.heard()
      stage.tell({ type, roles: ['night'] }, told.registered)
      expect(stage.hear(said)).toMatchObject([{ roles: ['night'] }])
    },
  )

  test('what it wished for before it asked again is part of the question, and not repeated', () => {
    const stage = created().tell({ type: 'call.revive' }).advance(60_000).tell(told.registered)
    expect(stage.hear('lifecycle.register').at(-1)).toMatchObject({ suppressedRoles: [] })
    expect(stage.hear('allocation.revive')).toEqual([])
  })

  test('when it has ended, no timer of it is left', () => {
    for (const end of [
      { type: 'call.stop' },
      { type: 'lifecycle.error', from: 'master', message: 'refused' },
      { type: 'callback.failed', message: 'the owner threw' },
    ]) {
      const stage = created().tell(told.registered, end)
      stage.heard()
      const known = stage.done.length
      stage.advance(600_000)
      expect([stage.heard(), stage.done.length]).toEqual([[], known])
    }
  })
})

describe('Scheduler: its owner', () => {
  test('sees an update once, however often it is repeated, and each is acknowledged', () => {
    const stage = created().tell(told.registered, updates('U1'), updates('U1', 'U2'))
    const shown = notices(stage).slice(1)
    expect(shown).toMatchObject([
      { type: 'updates', updates: [{ uuid: 'U1' }] },
      { type: 'updates', updates: [{ uuid: 'U2' }] },
    ])
    expect(stage.hear('task.acknowledge').map((message) => message.acknowledgements)).toMatchObject(
      [[{ uuid: 'U1' }], [{ uuid: 'U1' }, { uuid: 'U2' }]],
    )
  })

  test('sees an update without a uuid, which is never acknowledged', () => {
    const stage = created().tell(told.registered)
    stage.heard()
    stage.tell(updates(undefined))
    expect(notices(stage).at(-1)).toMatchObject({ type: 'updates' })
    expect(stage.heard()).toEqual([])
  })

  test('hears at once that what was to be done without a master was dropped', () => {
    const operations = [
      { type: 'RESERVE', operationId: 'P1', resources: { 'cpus(one,)': 1 } },
      { type: 'RESERVE', resources: { 'cpus(one,)': 1 } },
      { type: 'LAUNCH', tasks: [task] },
    ]
    const stage = created().tell({ type: 'call.accept', offerIds: ['O1'], operations })
    expect(notices(stage)).toMatchObject([
      { type: 'updates', updates: [{ state: 'TASK_LOST', reason: 'MASTER_DISCONNECTED' }] },
      { type: 'operations', updates: [{ operationId: 'P1', state: 'OPERATION_DROPPED' }] },
    ])
  })

  test('hears at once that a launch without a master was dropped', () => {
    const stage = created().tell({ type: 'call.launch', offerIds: ['O1'], tasks: [task] })
    expect(notices(stage)).toMatchObject([
      { type: 'updates', updates: [{ state: 'TASK_LOST', reason: 'MASTER_DISCONNECTED' }] },
    ])
  })
})

describe('Scheduler: reconciliation', () => {
  const launch = { type: 'call.launch', offerIds: ['O1'], tasks: [task] }
  const question = [{ taskId: 'T1', agentId: 'S' }]
  const lost = { type: 'master.silent' }
  const back = { ...told.registered, type: 'lifecycle.reregistered' }

  /** When tasks were asked for, and which, since the last look. */
  function questions(stage: Stage): unknown[] {
    return stage.said
      .splice(0)
      .flatMap(({ at, message }) =>
        message.type === 'task.reconcile'
          ? [{ at, ids: message.tasks.map(({ taskId }) => taskId) }]
          : [],
      )
  }

  /** A scheduler that lost its master at the time zero with one task, and has found it again. */
  function returned(): Stage {
    const stage = created().tell(told.registered, launch)
    stage.heard()
    return stage.tell(lost, back)
  }

  test('a scheduler without tasks asks once for all, at its first registration too', () => {
    const stage = created().tell(told.registered)
    expect(questions(stage)).toEqual([{ at: 0, ids: [] }])
  })

  test('after each registration it asks for its tasks with their agents, before anything else', () => {
    expect(returned().hear('task.reconcile')).toMatchObject([{ tasks: question }])
  })

  test('it asks again after 5, 10, 20 … s, at most every 5 min, until there is an answer', () => {
    const stage = returned()
    for (let beats = 0; beats < 200; beats++) stage.tell(told.heartbeat).advance(5_000)
    const asked = questions(stage)
    const times = [0, 5, 15, 35, 75, 155, 315, 615, 915].map((seconds) => seconds * 1_000)
    expect(asked).toEqual(times.map((at) => ({ at, ids: ['T1'] })))
    stage.tell(updates('U1')).advance(1)
    expect(questions(stage)).toEqual([{ at: 1_000_000, ids: [] }])
  })

  test('an update that is only repeated is an answer as well', () => {
    const stage = created().tell(told.registered, launch, updates('U1'))
    stage.tell(lost, back)
    stage.heard()
    stage.tell(updates('U1'))
    expect(questions(stage)).toEqual([{ at: 0, ids: [] }])
    expect(stage.state).toEqual({ registered: 'reconciled' })
  })

  test('a word from before the registration is no answer', () => {
    const stage = created().tell(told.registered, launch, updates('U1'))
    stage.heard()
    stage.tell(lost, updates('U2'), back)
    expect(questions(stage)).toEqual([{ at: 0, ids: ['T1'] }])
  })

  test('every 15 min it asks again, for its own first and then for all', () => {
    const stage = created().tell(told.registered, launch)
    stage.heard()
    for (let beats = 0; beats < 15; beats++) stage.advance(60_000).tell(told.heartbeat)
    expect(questions(stage)).toEqual([{ at: 900_000, ids: ['T1'] }])
    stage.tell(updates(undefined))
    expect(questions(stage)).toEqual([{ at: 900_000, ids: [] }])
  })

  test('a task that has ended is not asked for', () => {
    const stage = created().tell(told.registered, launch, statesOf('TASK_FINISHED', ['U3']))
    stage.heard()
    stage.tell(lost, back)
    expect(questions(stage)).toEqual([{ at: 0, ids: [] }])
  })

  test('its end in the words of its agent is the last word on a task, until it is launched anew', () => {
    const forgotten = statesOf('TASK_GONE', [undefined])
    const stage = created().tell(told.registered, launch, statesOf('TASK_FINISHED', ['U3']))
    const shown = notices(stage).length
    stage.tell({ type: 'call.reconcile', tasks: question }, forgotten, updates(undefined))
    expect(notices(stage)).toHaveLength(shown)
    stage.tell(lost, back)
    expect(questions(stage).at(-1)).toEqual({ at: 0, ids: [] })
    stage.tell(launch, forgotten)
    expect(notices(stage).at(-1)).toMatchObject({ updates: [{ state: 'TASK_GONE' }] })
  })

  test('the end that an answer tells is not the last word: its agent may know better', () => {
    const stage = created().tell(told.registered, launch, statesOf('TASK_GONE', [undefined]))
    stage.tell(updates(undefined))
    expect(notices(stage).at(-1)).toMatchObject({ updates: [{ state: 'TASK_RUNNING' }] })
  })

  test('a lost master ends the questions; the next registration begins anew, with all tasks', () => {
    const stage = returned().advance(74_999)
    stage.heard()
    stage.tell(lost).advance(60_000)
    expect(questions(stage)).toEqual([])
    stage.tell(back)
    expect(questions(stage)).toEqual([{ at: 134_999, ids: ['T1'] }])
    stage.advance(5_000)
    expect(questions(stage)).toEqual([{ at: 139_999, ids: ['T1'] }])
  })

  test('what its owner asks joins the questions, and the waits begin anew', () => {
    const stage = returned().advance(10_000)
    stage.heard()
    stage.tell({ type: 'call.reconcile', tasks: [{ taskId: 'T2', agentId: 'S' }] })
    expect(questions(stage)).toEqual([{ at: 10_000, ids: ['T1', 'T2'] }])
    stage.advance(5_000)
    expect(questions(stage)).toEqual([{ at: 15_000, ids: ['T1', 'T2'] }])
    stage.tell(updates(undefined)).advance(10_000)
    expect(questions(stage)).toEqual([{ at: 25_000, ids: ['T2'] }])
  })

  test('what its owner says of the agent of a task is remembered, and part of each kill of it', () => {
    const status = {
      taskId: 'T1',
      state: 'TASK_UNKNOWN',
      timestampMs: 0,
      source: 'MASTER',
    } as const
    const unknown = { type: 'task.update', from: 'master', updates: [status] } as const
    const stage = created().tell(told.registered)
    stage.tell({ type: 'call.reconcile', tasks: question })
    stage.tell({ type: 'call.kill', kills: [{ taskId: 'T1' }, { taskId: 'T2' }] })
    expect(stage.hear('task.kill')).toMatchObject([{ kills: [question[0], { taskId: 'T2' }] }])
    stage.tell(unknown, lost)
    stage.heard()
    stage.tell(back)
    expect(stage.hear('task.reconcile')).toMatchObject([{ tasks: question }])
  })

  test('a question of its owner for all is asked once', () => {
    const stage = created().tell(told.registered)
    stage.heard()
    stage.tell({ type: 'call.reconcile', tasks: [] }).advance(60_000)
    expect(questions(stage)).toEqual([{ at: 0, ids: [] }])
  })

  test('a new instance with the id of an old one comes back, and asks for all', () => {
    const input = { ...schedulerInput, frameworkId: 'F' }
    const stage = new Stage(schedulerMachine, input, ['notify'])
    expect(stage.hear('lifecycle.reregister')).toMatchObject([{ frameworkId: 'F' }])
    stage.tell(back)
    expect(questions(stage)).toEqual([{ at: 0, ids: [] }])
  })
})
