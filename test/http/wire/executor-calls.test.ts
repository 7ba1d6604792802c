import { describe, expect, it } from 'vitest'
import {
  type FromExecutor,
  writeExecutorCalls,
} from '../../../src/http/wire/executor-call-writer.ts'
import { readExecutorCall } from '../../../src/http/wire/executor-calls.ts'
import { WireError } from '../../../src/http/wire/json.ts'

const id = (value: string) => ({ value })
const uuid = '01234567-89ab-4def-8123-456789abcdef'
const bytes = 'ASNFZ4mrTe+BI0VniavN7w=='
const sender = { framework_id: id('F'), executor_id: id('e') }
const from = { frameworkId: 'F', executorId: 'e' }
const json = (rest: object = {}) => ({
  task_id: id('t'),
  state: 'TASK_RUNNING',
  source: 'SOURCE_EXECUTOR',
  uuid: bytes,
  ...rest,
})
const status = {
  taskId: 't',
  state: 'TASK_RUNNING',
  source: 'EXECUTOR',
  uuid,
  timestampMs: 5,
} as const
const task = { name: 't', task_id: id('t'), agent_id: id('A') }

describe('A call of an executor', () => {
  it.each<[object, object]>([
    [
      {
        type: 'SUBSCRIBE',
        subscribe: { unacknowledged_tasks: [task], unacknowledged_updates: [{ status: json() }] },
      },
      { unacknowledgedTasks: ['t'], unacknowledgedUpdates: [status] },
    ],
    [
      { type: 'SUBSCRIBE', subscribe: {} },
      { unacknowledgedTasks: [], unacknowledgedUpdates: [] },
    ],
    [{ type: 'UPDATE', update: { status: json() } }, { status }],
    [
      { type: 'UPDATE', update: { status: json({ timestamp: 1.5, executor_id: id('e') }) } },
      { status: { ...status, timestampMs: 1500, executorId: 'e' } },
    ],
    [
      {
        type: 'UPDATE',
        update: { status: json({ reason: 'REASON_CONTAINER_LIMITATION_MEMORY' }) },
      },
      { status: { ...status, carried: { reason: 'REASON_CONTAINER_LIMITATION_MEMORY' } } },
    ],
    [{ type: 'UPDATE', update: { status: json({ reason: 'REASON_OF_LATER' }) } }, { status }],
    [{ type: 'MESSAGE', message: { data: 'e30=' } }, { data: 'e30=' }],
    [{ type: 'HEARTBEAT' }, {}],
  ])('%j is read', (call, expected) => {
    const { type } = { type: '', ...call }
    expect(readExecutorCall({ ...sender, ...call }, 5)).toEqual({ type, ...from, ...expected })
  })

  it.each<[string, object, string]>([
    ['without type', { ...sender }, 'type is missing'],
    ['of an unknown type', { ...sender, type: 'DANCE' }, 'type is "DANCE"'],
    ['of no framework', { type: 'HEARTBEAT', executor_id: id('e') }, 'framework_id is missing'],
    ['of no executor', { type: 'HEARTBEAT', framework_id: id('F') }, 'executor_id is missing'],
    ['SUBSCRIBE without its object', { ...sender, type: 'SUBSCRIBE' }, 'subscribe is missing'],
    ['UPDATE without its object', { ...sender, type: 'UPDATE' }, 'update is missing'],
    [
      'UPDATE without status',
      { ...sender, type: 'UPDATE', update: {} },
      'update.status is missing',
    ],
    ['MESSAGE of nothing', { ...sender, type: 'MESSAGE', message: {} }, 'message.data is missing'],
  ])('%s is refused', (_what, call, sentence) => {
    expect(() => readExecutorCall(call)).toThrow(WireError)
    expect(() => readExecutorCall(call)).toThrow(sentence)
  })

  it.each<[string, object, string]>([
    ['without uuid', { uuid: null }, 'update.status.uuid is missing'],
    ['with half a uuid', { uuid: 'AAAA' }, 'must be the 16 bytes of a UUID'],
    ['of the master', { source: 'SOURCE_MASTER' }, 'source must be SOURCE_EXECUTOR'],
    ['of nobody', { source: null }, 'source must be SOURCE_EXECUTOR'],
    ['of an unknown source', { source: 'SOURCE_MOON' }, 'source must be SOURCE_EXECUTOR'],
    ['that it is staged', { state: 'TASK_STAGING' }, 'which no executor reports'],
    ['of no state', { state: null }, 'update.status.state is missing'],
    ['of an unknown state', { state: 'TASK_FLYING' }, 'it must be a known word'],
    ['of another executor', { executor_id: id('f') }, 'executor_id is f, not e'],
  ])('with an update %s is refused', (_what, rest, sentence) => {
    const call = { ...sender, type: 'UPDATE', update: { status: json(rest) } }
    expect(() => readExecutorCall(call)).toThrow(WireError)
    expect(() => readExecutorCall(call)).toThrow(sentence)
  })

  it.each(['Infinity', 1e308, '1e999'])(
    'with the time %s counts as one without a time',
    (timestamp) => {
      const call = { ...sender, type: 'UPDATE', update: { status: json({ timestamp }) } }
      expect(readExecutorCall(call, 5)).toMatchObject({ status: { timestampMs: 5 } })
    },
  )

  it.each<[FromExecutor, object[]]>([
    [
      {
        type: 'lifecycle.registerExecutor',
        ...from,
        unacknowledgedTasks: ['t'],
        unacknowledgedUpdates: [status],
      },
      [{ type: 'SUBSCRIBE', unacknowledgedTasks: ['t'], unacknowledgedUpdates: [status] }],
    ],
    [
      { type: 'task.update', ...from, updates: [status, { ...status, state: 'TASK_FINISHED' }] },
      [
        { type: 'UPDATE', status },
        { type: 'UPDATE', status: { ...status, state: 'TASK_FINISHED' } },
      ],
    ],
    [{ type: 'task.message', ...from, data: 'e30=' }, [{ type: 'MESSAGE', data: 'e30=' }]],
  ])('$type of ours is heard as what it is', (message, expected) => {
    const calls = writeExecutorCalls(message, 'A').map((call) => readExecutorCall(call))
    expect(calls).toEqual(expected.map((call) => ({ ...from, ...call })))
  })
})
