import { describe, expect, it } from 'vitest'
import { readSchedulerEvent, schedulerEvents } from '../../../src/http/wire/scheduler-events.ts'
import type { SchedulerMessage, TaskStatus } from '../../../src/messages/index.ts'

const id = (value: string) => ({ value })
const uuid = '01234567-89ab-4def-8123-456789abcdef'
const masterInfo = { id: 'M', hostname: 'h', version: '1.12.0' }
const subscriber = {
  info: { name: 'one', roles: ['r1'], capabilities: ['MULTI_ROLE' as const] },
  frameworkId: 'F',
  masterInfo,
}
const status: TaskStatus = {
  taskId: 't',
  state: 'TASK_LOST',
  timestampMs: 1_500_000_000_123,
  source: 'AGENT',
  reason: 'AGENT_REMOVED',
  message: 'gone',
  agentId: 'A',
  executorId: 'e',
  uuid,
  healthy: false,
  unreachableTimeMs: 1_500_000_000_000,
  exitCode: 7,
  carried: { data: 'e30=', container_status: { container_id: id('C') } },
}
const offer = {
  offerId: 'O',
  frameworkId: 'F',
  agentId: 'A',
  hostname: 'h',
  role: 'r1',
  resources: { cpus: 1 },
  attributes: { os: 'linux', n: 1, keys: [[1, 2] as [number, number]], disks: ['a'] },
  executorIds: ['e'],
  endpoint: { ip: '127.0.0.1', port: 5051 },
  unavailability: { startMs: 1, durationMs: 2 },
}
const inverse = {
  inverseOfferId: 'I',
  frameworkId: 'F',
  agentId: 'A',
  hostname: 'h',
  endpoint: { ip: '127.0.0.1', port: 5051 },
  unavailability: { startMs: 1 },
}

/** What each message is as events; all but those that lose something are also read again. */
const cases: [SchedulerMessage, object[]][] = [
  [
    { type: 'lifecycle.registered', frameworkId: 'F', masterId: 'M', heartbeatIntervalMs: 15_000 },
    [
      {
        type: 'SUBSCRIBED',
        subscribed: {
          framework_id: id('F'),
          heartbeat_interval_seconds: 15,
          master_info: masterInfo,
        },
      },
    ],
  ],
  [{ type: 'lifecycle.heartbeat' }, [{ type: 'HEARTBEAT' }]],
  [{ type: 'lifecycle.error', message: 'no' }, [{ type: 'ERROR', error: { message: 'no' } }]],
  [
    { type: 'lifecycle.failure', agentId: 'A' },
    [{ type: 'FAILURE', failure: { agent_id: id('A') } }],
  ],
  [
    { type: 'lifecycle.failure', agentId: 'A', executorId: 'e', status: 9 },
    [{ type: 'FAILURE', failure: { agent_id: id('A'), executor_id: id('e'), status: 9 } }],
  ],
  [
    { type: 'task.message', agentId: 'A', executorId: 'e', data: 'e30=' },
    [{ type: 'MESSAGE', message: { agent_id: id('A'), executor_id: id('e'), data: 'e30=' } }],
  ],
  [
    { type: 'allocation.offer', offers: [offer] },
    [
      {
        type: 'OFFERS',
        offers: {
          offers: [
            {
              id: id('O'),
              framework_id: id('F'),
              agent_id: id('A'),
              hostname: 'h',
              url: {
                scheme: 'http',
                address: { hostname: 'h', ip: '127.0.0.1', port: 5051 },
                path: '/slave(1)',
              },
              resources: [
                {
                  name: 'cpus',
                  type: 'SCALAR',
                  scalar: { value: 1 },
                  role: '*',
                  allocation_info: { role: 'r1' },
                },
              ],
              attributes: [
                { name: 'os', type: 'TEXT', text: { value: 'linux' } },
                { name: 'n', type: 'SCALAR', scalar: { value: 1 } },
                { name: 'keys', type: 'RANGES', ranges: { range: [{ begin: 1, end: 2 }] } },
                { name: 'disks', type: 'SET', set: { item: ['a'] } },
              ],
              executor_ids: [id('e')],
              unavailability: { start: { nanoseconds: 1e6 }, duration: { nanoseconds: 2e6 } },
              allocation_info: { role: 'r1' },
            },
          ],
        },
      },
    ],
  ],
  [
    { type: 'allocation.rescind', offerIds: ['O'] },
    [{ type: 'RESCIND', rescind: { offer_id: id('O') } }],
  ],
  [
    { type: 'allocation.inverseOffer', inverseOffers: [inverse] },
    [
      {
        type: 'INVERSE_OFFERS',
        inverse_offers: {
          inverse_offers: [
            {
              id: id('I'),
              url: {
                scheme: 'http',
                address: { hostname: 'h', ip: '127.0.0.1', port: 5051 },
                path: '/slave(1)',
              },
              framework_id: id('F'),
              agent_id: id('A'),
              unavailability: { start: { nanoseconds: 1e6 } },
            },
          ],
        },
      },
    ],
  ],
  [
    { type: 'allocation.rescindInverse', inverseOfferIds: ['I'] },
    [{ type: 'RESCIND_INVERSE_OFFER', rescind_inverse_offer: { inverse_offer_id: id('I') } }],
  ],
  [
    {
      type: 'allocation.operationUpdate',
      updates: [{ operationId: 'o', state: 'OPERATION_ERROR', message: 'no', agentId: 'A' }],
    },
    [
      {
        type: 'UPDATE_OPERATION_STATUS',
        update_operation_status: {
          status: {
            operation_id: id('o'),
            state: 'OPERATION_ERROR',
            message: 'no',
            agent_id: id('A'),
          },
        },
      },
    ],
  ],
]

describe('What a scheduler hears', () => {
  it.each(cases)('$type has the form of Mesos', (message, events) => {
    expect(schedulerEvents(message, subscriber)).toEqual(events)
  })

  it.each(cases)('$type is read as what it was', (message, events) => {
    expect(events.map((event) => readSchedulerEvent(event))).toEqual([message])
  })

  it('is the same when it is back', () => {
    const back = { frameworkId: 'F', masterId: 'M', heartbeatIntervalMs: 500 }
    const [event] = schedulerEvents({ type: 'lifecycle.reregistered', ...back }, subscriber)
    expect(event).toMatchObject({ type: 'SUBSCRIBED' })
    expect(readSchedulerEvent(event)).toEqual({ type: 'lifecycle.registered', ...back })
  })

  it('of updates is one event each', () => {
    const { exitCode: _, ...known } = status
    const events = schedulerEvents({ type: 'task.update', updates: [status, status] }, subscriber)
    const update = {
      status: {
        task_id: id('t'),
        state: 'TASK_LOST',
        message: 'gone',
        source: 'SOURCE_AGENT',
        reason: 'REASON_AGENT_REMOVED',
        agent_id: id('A'),
        executor_id: id('e'),
        timestamp: 1_500_000_000.123,
        uuid: 'ASNFZ4mrTe+BI0VniavN7w==',
        healthy: false,
        unreachable_time: { nanoseconds: 1.5e18 },
        data: 'e30=',
        container_status: { container_id: id('C') },
      },
    }
    expect(events).toEqual([
      { type: 'UPDATE', update },
      { type: 'UPDATE', update },
    ])
    expect(readSchedulerEvent(events[0])).toEqual({ type: 'task.update', updates: [known] })
  })

  it('of rescinded offers is one event each', () => {
    const message = { type: 'allocation.rescind', offerIds: ['O1', 'O2'] } as const
    const rescinded = schedulerEvents({ ...message, offerIds: [...message.offerIds] }, subscriber)
    expect(rescinded.map((event) => event.rescind)).toEqual([
      { offer_id: id('O1') },
      { offer_id: id('O2') },
    ])
  })

  it('is passed over when it is not known', () => {
    expect(readSchedulerEvent({ type: 'DANCE', dance: {} })).toBeUndefined()
  })

  it('may leave out what has a default', () => {
    expect(
      readSchedulerEvent({ type: 'SUBSCRIBED', subscribed: { framework_id: id('F') } }),
    ).toEqual({
      type: 'lifecycle.registered',
      frameworkId: 'F',
      masterId: '',
      heartbeatIntervalMs: 15_000,
    })
  })

  it('of an offer to a framework of one role says whom it is made to', () => {
    const { allocation_info: _, ...rest } = {
      id: id('O'),
      framework_id: id('F'),
      agent_id: id('A'),
      hostname: 'h',
      allocation_info: {},
    }
    const event = { type: 'OFFERS', offers: { offers: [rest] } }
    expect(readSchedulerEvent(event, 'old')).toMatchObject({ offers: [{ role: 'old' }] })
    expect(readSchedulerEvent(event)).toMatchObject({ offers: [{ role: '*' }] })
  })
})
