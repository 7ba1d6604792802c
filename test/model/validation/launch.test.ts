import { describe, expect, test } from 'vitest'
import { createMasterMachine } from '../../../src/machines/master.ts'
import type { TaskInfo } from '../../../src/messages/index.ts'
import { Stage } from '../../machines/support/stage.ts'
import {
  agentAddress,
  agentId,
  info,
  masterInput,
  one,
  task,
} from '../../machines/support/told-master.ts'

/** Every check of a launch (Mesos: accept and task::validate), seen from the scheduler. */

const from = 'scheduler/one'
const machine = createMasterMachine()
const registerAgent = { type: 'lifecycle.registerAgent', from: agentAddress, agent: info }

/** A master that has offered its only agent to framework one: offer m-O0. */
function offered(framework: typeof one = one): Stage {
  const stage = new Stage(machine, masterInput)
  return stage.tell(registerAgent, { type: 'lifecycle.register', from, framework })
}

function launch(tasks: readonly TaskInfo[], offerIds = ['m-O0']) {
  return { type: 'task.launch', from, offerIds, tasks }
}

const { command: _, ...bare } = task
const check = { type: 'HTTP', http: { port: 80 } } as const
const badTasks: [string, Partial<TaskInfo>, RegExp][] = [
  ['an id with a slash', { taskId: 'a/b' }, /the task id "a\/b" is not legal/],
  ['a description that meant nothing', { problem: 'the check has no type' }, /^the check has no t/],
  ['an empty id', { taskId: '' }, /the task id is empty/],
  ['an id of 256 characters', { taskId: 'x'.repeat(256) }, /at most 255 are allowed/],
  [
    'another agent than the offer',
    { agentId: 'm-S9' },
    /names agent m-S9, but the offer is of agent m-S0/,
  ],
  [
    'a negative kill grace',
    { killPolicy: { gracePeriodMs: -1 } },
    /killPolicy.gracePeriodMs is -1/,
  ],
  ['a negative time limit', { maxCompletionTimeMs: -1 }, /maxCompletionTimeMs is -1/],
  ['a check without its part', { healthCheck: { type: 'TCP' } }, /health check has no tcp part/],
  ['an HTTP check without http', { healthCheck: { type: 'HTTP' } }, /has no http part/],
  ['a command check without command', { healthCheck: { type: 'COMMAND' } }, /has no command/],
  [
    'a check with a relative path',
    { healthCheck: { ...check, http: { port: 80, path: 'up' } } },
    /path up must begin with a slash/,
  ],
  [
    'a check with an unknown scheme',
    { healthCheck: { ...check, http: { port: 80, scheme: 'ftp' } } },
    /scheme is ftp; it can be http or https/,
  ],
  ['a check with negative delay', { healthCheck: { ...check, delayMs: -1 } }, /delayMs is -1/],
  [
    'a check with negative interval',
    { healthCheck: { ...check, intervalMs: -1 } },
    /intervalMs is -1/,
  ],
  [
    'a check with negative timeout',
    { healthCheck: { ...check, timeoutMs: -1 } },
    /timeoutMs is -1/,
  ],
  [
    'a check with negative grace',
    { healthCheck: { ...check, gracePeriodMs: -1 } },
    /gracePeriodMs is -1/,
  ],
  [
    'a check with half a failure',
    { healthCheck: { ...check, consecutiveFailures: 0.5 } },
    /consecutiveFailures is 0.5/,
  ],
  ['no resources', { resources: {} }, /asks for no resources at all/],
  ['resources that round to nothing', { resources: { cpus: 0.0001 } }, /less than a thousandth/],
  ['half a gpu', { resources: { gpus: 0.5 } }, /gpus come as whole units/],
  ['an empty command', { command: { value: ' ' } }, /the command is empty/],
  [
    'a shell line with arguments',
    { command: { value: 'x', arguments: ['y'] } },
    /shell command has no arguments/,
  ],
  [
    'a variable whose name the system would cut',
    { command: { value: 'x', environment: { 'a\0b': '1' } } },
    /environment variable name "a\0b" is not legal/,
  ],
  [
    'both a command and an executor',
    { executor: { executorId: 'e', type: 'FUNCTION' } },
    /either a command or an executor/,
  ],
  [
    'more than is left',
    { resources: { cpus: 3 } },
    /needs <3 cpus>, but only <2 cpus, 64 MB> is left .*: cpus is short/,
  ],
  ['a resource nobody has', { resources: { bananas: 1 } }, /bananas is short/],
]

describe('Launch: a bad task is refused with a sentence, its neighbour runs', () => {
  test.each(badTasks)('%s', (_what, changes, sentence) => {
    const stage = offered()
    stage.heard()
    stage.tell(
      launch([
        { ...task, ...changes },
        { ...task, taskId: 'good' },
      ]),
    )
    const sent = stage.said.find(({ message }) => message.type === 'task.launch')
    expect(sent).toMatchObject({ to: agentAddress, message: { tasks: [{ taskId: 'good' }] } })
    const [answer, ...others] = stage.statuses()
    expect(others).toEqual([])
    expect(answer).toMatchObject({ state: 'TASK_ERROR', reason: 'TASK_INVALID', source: 'MASTER' })
    expect(answer).not.toHaveProperty('uuid')
    expect(answer?.message).toMatch(sentence)
  })

  const badExecutors: [string, TaskInfo, RegExp][] = [
    ['neither command nor executor', bare, /either a command or an executor/],
    [
      'an executor with a bad id',
      { ...bare, executor: { executorId: '..', type: 'THREAD' } },
      /the executor id ".." is not legal/,
    ],
    [
      'an executor with a negative shutdown grace',
      { ...bare, executor: { executorId: 'e', type: 'THREAD', shutdownGracePeriodMs: -1 } },
      /shutdownGracePeriodMs is -1/,
    ],
  ]

  test.each(badExecutors)('%s', (_what, bad, sentence) => {
    const stage = offered()
    stage.heard()
    stage.tell(launch([bad]))
    const [answer] = stage.statuses()
    expect(answer).toMatchObject({ state: 'TASK_ERROR', reason: 'TASK_INVALID' })
    expect(answer?.message).toMatch(sentence)
  })

  test.each<[string, Partial<TaskInfo>, RegExp]>([
    ['less than nothing', { resources: { cpus: -1 } }, /^task T1: cpus is -1/],
    ['a range from its end', { resources: { ports: [[2, 1]] } }, /^task T1: ports has the range/],
    ['an item twice', { resources: { pens: ['a', 'a'] } }, /^task T1: pens lists a twice/],
    [
      'less than nothing for its executor',
      { executor: { executorId: 'e', type: 'CUSTOM', resources: { mem: -1 } } },
      /^task T1: mem is -1/,
    ],
  ])('one that asks for %s takes all others of its launch along', (_what, changes, sentence) => {
    const stage = offered()
    stage.heard()
    stage.tell(
      launch([
        { ...task, taskId: 'good' },
        { ...task, ...changes },
      ]),
    )
    const answers = stage.statuses()
    expect(answers).toMatchObject([
      { taskId: 'good', state: 'TASK_ERROR', reason: 'TASK_INVALID' },
      { taskId: 'T1', state: 'TASK_ERROR', reason: 'TASK_INVALID' },
    ])
    for (const { message } of answers) expect(message).toMatch(sentence)
    expect(stage.said.some(({ message }) => message.type === 'task.launch')).toBe(false)
  })

  test('odd names of variables are the system’s business', () => {
    const stage = offered()
    stage.heard()
    stage.tell(launch([{ ...task, command: { value: 'x', environment: { '': '1', 'A=B': '2' } } }]))
    expect(stage.said.some(({ message }) => message.type === 'task.launch')).toBe(true)
  })

  test('an id twice in one launch: the first runs, the second is refused', () => {
    const stage = offered()
    stage.heard()
    stage.tell(launch([task, task]))
    const message = 'task id T1 is in use: its last update is not acknowledged yet'
    expect(stage.statuses()).toMatchObject([{ state: 'TASK_ERROR', message }])
  })

  test('an id of a task on an unreachable agent is refused as well', () => {
    const stage = offered()
      .tell(launch([task]))
      .advance(90_000)
    stage.heard()
    const agent = { hostname: 'b', resources: { cpus: 2, mem: 64 } }
    stage.tell({ type: 'lifecycle.registerAgent', from: 'agent/b', agent })
    const [offer] = stage.hear('allocation.offer').flatMap(({ offers }) => offers)
    const again = { ...task, agentId: offer?.agentId ?? '' }
    stage.tell(launch([again], [offer?.offerId ?? '']))
    expect(stage.statuses()).toMatchObject([
      { message: 'task id T1 belongs to a task on an unreachable agent' },
    ])
  })

  test('tasks of one launch share what is offered, first come, first served', () => {
    const stage = offered()
    stage.heard()
    stage.tell(launch(['a', 'b', 'c'].map((taskId) => ({ ...task, taskId }))))
    expect(stage.statuses()).toMatchObject([{ taskId: 'c', state: 'TASK_ERROR' }])
  })
})

describe('Launch: a bad list of offers drops every task, and voids what it names', () => {
  const lists: [string, string[], RegExp][] = [
    ['none at all', [], /names no offer/],
    ['one twice', ['m-O0', 'm-O0'], /offer m-O0 is named twice/],
    ['one that nobody made', ['m-O9'], /offer m-O9 is not valid any more/],
    ['a good one and a bad one', ['m-O0', 'm-O9'], /offer m-O9 is not valid any more/],
  ]

  test.each(lists)('%s', (_what, offerIds, sentence) => {
    const stage = offered()
    stage.heard()
    stage.tell(launch([task, { ...task, taskId: 'T2' }], offerIds))
    expect(stage.book.offers.has('m-O0')).toBe(!offerIds.includes('m-O0'))
    const dropped = stage.statuses()
    expect(dropped).toHaveLength(2)
    for (const answer of dropped) {
      expect(answer).toMatchObject({ state: 'TASK_DROPPED', reason: 'INVALID_OFFERS' })
      expect(answer.message).toMatch(sentence)
    }
  })

  test('a framework that is not partition-aware hears LOST instead of DROPPED', () => {
    const stage = offered({ ...one, capabilities: [] })
    stage.heard()
    stage.tell(launch([task], ['m-O9']))
    expect(stage.statuses()).toMatchObject([{ state: 'TASK_LOST', reason: 'INVALID_OFFERS' }])
  })

  test('the offer of another framework is refused, and left alone', () => {
    const stage = offered().tell({
      type: 'lifecycle.register',
      from: 'scheduler/two',
      framework: { name: 'two', roles: ['two'] },
    })
    stage.heard()
    stage.tell({ ...launch([task]), from: 'scheduler/two' })
    expect(stage.statuses()).toMatchObject([{ state: 'TASK_LOST', reason: 'INVALID_OFFERS' }])
    expect(stage.book.offers.has('m-O0')).toBe(true)
  })

  test.each([
    ['of two agents', ['one'], /offers of the agents m-S0 and m-S1 cannot be joined/],
    ['of two roles', ['one', 'night'], /offers of the roles night and one cannot be joined/],
  ])('%s', (_what, roles, sentence) => {
    const stage = offered({ ...one, roles: ['one'] })
    if (roles.length > 1) {
      // The next offer is made in the other role, because the one in favour is suppressed by now.
      const back = { type: 'lifecycle.reregister', from, frameworkId: 'm-0000' }
      stage.tell({ ...back, framework: { ...one, roles } })
      stage.tell({ type: 'allocation.suppress', from, roles: ['night'] })
    }
    const agent = { hostname: 'b', resources: { cpus: 2, mem: 64 } }
    stage.tell({ type: 'lifecycle.registerAgent', from: 'agent/b', agent })
    const offerIds: string[] = [...stage.book.offers.keys()]
    stage.heard()
    stage.tell(launch([{ ...task, agentId }], offerIds))
    const [answer] = stage.statuses()
    expect(answer).toMatchObject({ reason: 'INVALID_OFFERS' })
    expect(answer?.message).toMatch(sentence)
    for (const id of offerIds) expect(stage.book.offers.has(id)).toBe(false)
  })
})
