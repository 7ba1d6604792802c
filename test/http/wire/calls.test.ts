import { describe, expect, it } from 'vitest'
import { readSchedulerCall } from '../../../src/http/wire/calls.ts'
import { WireError } from '../../../src/http/wire/json.ts'

const uuid = '01234567-89ab-4def-8123-456789abcdef'
const bytes = 'ASNFZ4mrTe+BI0VniavN7w=='
const F = { framework_id: { value: 'F' } }
const id = (value: string) => ({ value })
const framework_info = { user: 'root', name: 'one', roles: ['a'], capabilities: [{ type: 'MULTI_ROLE' }] } // biome-ignore format: one line reads better
const info = {
  user: 'root',
  name: 'one',
  roles: ['a'],
  checkpoint: false,
  failoverTimeoutMs: 0,
  capabilities: ['MULTI_ROLE'],
}

describe('A call of a scheduler', () => {
  it.each<[object, object]>([
    [
      { type: 'SUBSCRIBE', framework_id: null, subscribe: { framework_info } },
      { info, suppressedRoles: [] },
    ],
    [
      {
        type: 'SUBSCRIBE',
        ...F,
        subscribe: { framework_info: { ...framework_info, id: id('F') } },
      },
      { info, suppressedRoles: [], frameworkId: 'F' },
    ],
    [{ type: 'TEARDOWN', ...F }, {}],
    [
      {
        type: 'ACCEPT',
        ...F,
        accept: { offer_ids: [id('O')], filters: { refuse_seconds: '0' }, operations: null },
      },
      { offerIds: ['O'], operations: [], filters: { refuseSeconds: 0 } },
    ],
    [
      { type: 'ACCEPT', ...F, accept: { filters: {} } },
      { offerIds: [], operations: [] },
    ],
    [
      { type: 'DECLINE', ...F, decline: { offer_ids: [id('O')], filters: { refuse_seconds: -3 } } },
      { offerIds: ['O'], filters: { refuseSeconds: -3 } },
    ],
    [
      {
        type: 'ACCEPT_INVERSE_OFFERS',
        ...F,
        accept_inverse_offers: { inverse_offer_ids: [id('O')] },
      },
      { inverseOfferIds: ['O'] },
    ],
    [
      {
        type: 'DECLINE_INVERSE_OFFERS',
        ...F,
        decline_inverse_offers: { inverse_offer_ids: [], filters: { refuse_seconds: 1 } },
      },
      { inverseOfferIds: [], filters: { refuseSeconds: 1 } },
    ],
    [{ type: 'REVIVE', ...F }, {}],
    [{ type: 'REVIVE', ...F, revive: { roles: ['a'] } }, { roles: ['a'] }],
    [{ type: 'SUPPRESS', ...F, suppress: { roles: [] } }, {}],
    [{ type: 'KILL', ...F, kill: { task_id: id('t') } }, { taskId: 't' }],
    [
      {
        type: 'KILL',
        ...F,
        kill: {
          task_id: id('t'),
          agent_id: id('A'),
          kill_policy: { grace_period: { nanoseconds: 1e9 } },
        },
      },
      { taskId: 't', agentId: 'A', killPolicy: { gracePeriodMs: 1000 } },
    ],
    [
      { type: 'SHUTDOWN', ...F, shutdown: { executor_id: id('e'), agent_id: id('A') } },
      { executorId: 'e', agentId: 'A' },
    ],
    [
      {
        type: 'ACKNOWLEDGE',
        ...F,
        acknowledge: { agent_id: id('A'), task_id: id('t'), uuid: bytes },
      },
      { agentId: 'A', taskId: 't', uuid },
    ],
    [
      {
        type: 'ACKNOWLEDGE_OPERATION_STATUS',
        ...F,
        acknowledge_operation_status: { agent_id: id('A'), operation_id: id('o'), uuid: bytes },
      },
      { agentId: 'A', operationId: 'o', uuid },
    ],
    [
      {
        type: 'RECONCILE',
        ...F,
        reconcile: { tasks: [{ task_id: id('t') }, { task_id: id('u'), agent_id: id('A') }] },
      },
      { tasks: [{ taskId: 't' }, { taskId: 'u', agentId: 'A' }] },
    ],
    [{ type: 'RECONCILE', ...F, reconcile: {} }, { tasks: [] }],
    [
      {
        type: 'RECONCILE_OPERATIONS',
        ...F,
        reconcile_operations: {
          operations: [{ operation_id: id('o') }, { operation_id: id('p'), agent_id: id('A') }],
        },
      },
      { operations: [{ operationId: 'o' }, { operationId: 'p', agentId: 'A' }] },
    ],
    [
      {
        type: 'MESSAGE',
        ...F,
        message: { agent_id: id('A'), executor_id: id('e'), data: 'e30=' },
      },
      { agentId: 'A', executorId: 'e', data: 'e30=' },
    ],
    [
      { type: 'REQUEST', ...F, request: { requests: [{ agent_id: id('A') }, {}] } },
      { requests: [{ agentId: 'A', resources: {} }, { resources: {} }] },
    ],
    [
      {
        type: 'UPDATE_FRAMEWORK',
        ...F,
        update_framework: { framework_info: { ...framework_info, id: id('F') } },
      },
      { info, suppressedRoles: [] },
    ],
  ])('%j is read', (call, expected) => {
    const type = 'type' in call ? call.type : ''
    const named = 'framework_id' in call && call.framework_id !== null ? { frameworkId: 'F' } : {}
    expect(readSchedulerCall(call)).toEqual({ type, ...named, ...expected })
  })

  it('may have one where several could be, as Mesos reads it', () => {
    const uri = { value: 'http://x/y' }
    const label = { key: 'a', value: 'b' }
    const cpus = { name: 'cpus', type: 'SCALAR', scalar: { value: 1 } }
    const launch = (command: object, labels: object, resources: object) => ({
      type: 'LAUNCH',
      launch: {
        task_infos: { name: 't', task_id: id('t'), agent_id: id('A'), command, labels, resources },
      },
    })
    const accept = (offer_ids: object, operations: object) =>
      readSchedulerCall({ type: 'ACCEPT', ...F, accept: { offer_ids, operations } })
    const program = { shell: false, value: '/bin/x' }
    const alone = launch({ ...program, uris: uri, arguments: 'x' }, { labels: label }, cpus)
    const listed = launch({ ...program, uris: [uri], arguments: ['x'] }, { labels: [label] }, [
      cpus,
    ])
    expect(accept(id('O'), alone)).toEqual(accept([id('O')], [listed]))
    expect(() => accept([null], [])).toThrow('accept.offer_ids[0] is missing')
    expect(() => accept([id('O')], [[listed]])).toThrow('accept.operations[0] is a list')
  })

  it.each<[string, unknown, string]>([
    ['a list', [], 'the call is a list; it must be an object'],
    ['of no type', { subscribe: { framework_info } }, 'type is missing'],
    ['of an unknown type', { type: 'DANCE' }, 'type is "DANCE"'],
    ['of the type UNKNOWN', { type: 'UNKNOWN', ...F }, 'type is "UNKNOWN"'],
    ['SUBSCRIBE without its object', { type: 'SUBSCRIBE' }, 'subscribe is missing'],
    [
      'SUBSCRIBE with one id',
      { type: 'SUBSCRIBE', ...F, subscribe: { framework_info } },
      'must be the same, or neither',
    ],
    [
      'SUBSCRIBE with the other id',
      { type: 'SUBSCRIBE', subscribe: { framework_info: { ...framework_info, id: id('F') } } },
      'must be the same, or neither',
    ],
    [
      'SUBSCRIBE with two ids',
      {
        type: 'SUBSCRIBE',
        ...F,
        subscribe: { framework_info: { ...framework_info, id: id('G') } },
      },
      'must be the same, or neither',
    ],
    ['REVIVE of nobody', { type: 'REVIVE' }, 'framework_id is missing'],
    ['REVIVE of no roles', { type: 'REVIVE', ...F, revive: [] }, 'revive is a list'],
    ['ACCEPT without its object', { type: 'ACCEPT', ...F }, 'accept is missing'],
    ['KILL of nothing', { type: 'KILL', ...F, kill: {} }, 'kill.task_id is missing'],
    [
      'ACKNOWLEDGE of no UUID',
      {
        type: 'ACKNOWLEDGE',
        ...F,
        acknowledge: { agent_id: id('A'), task_id: id('t'), uuid: 'AAAA' },
      },
      'acknowledge.uuid must be the 16 bytes of a UUID',
    ],
    [
      'ACKNOWLEDGE without uuid',
      { type: 'ACKNOWLEDGE', ...F, acknowledge: { agent_id: id('A'), task_id: id('t') } },
      'acknowledge.uuid is missing',
    ],
    ['MESSAGE to nobody', { type: 'MESSAGE', ...F, message: {} }, 'message.agent_id is missing'],
    [
      'DECLINE of a text',
      { type: 'DECLINE', ...F, decline: { offer_ids: ['O'] } },
      'decline.offer_ids[0] is "O"; it must be an object',
    ],
    [
      'UPDATE_FRAMEWORK of another',
      { type: 'UPDATE_FRAMEWORK', ...F, update_framework: { framework_info } },
      'must be the same',
    ],
  ])('%s is refused', (_what, call, sentence) => {
    expect(() => readSchedulerCall(call)).toThrow(WireError)
    expect(() => readSchedulerCall(call)).toThrow(sentence)
  })

  it('SUBSCRIBE with empty ids wants a new one', () => {
    const nobody = { value: '' }
    const subscribe = { framework_info: { ...framework_info, id: nobody } }
    const call = readSchedulerCall({ type: 'SUBSCRIBE', framework_id: nobody, subscribe })
    expect(call).not.toHaveProperty('frameworkId')
    expect(call).not.toHaveProperty('problem')
  })

  it('ACCEPT does what it knows, and passes over the rest', () => {
    const operations = [{ type: 'FLY' }, { type: 'LAUNCH' }, { type: 'LAUNCH', launch: {} }]
    const call = readSchedulerCall({ type: 'ACCEPT', ...F, accept: { operations } })
    expect(call).toMatchObject({ operations: [{ type: 'LAUNCH', tasks: [] }] })
  })

  it('ACCEPT tells which role resources are said to be allocated to', () => {
    const cpus = {
      name: 'cpus',
      type: 'SCALAR',
      scalar: { value: 1 },
      allocation_info: { role: 'eng' },
    }
    const task = { name: 't', task_id: id('t'), agent_id: id('A'), resources: [cpus] }
    const operations = [
      { type: 'LAUNCH', launch: { task_infos: [task] } },
      { type: 'UNRESERVE', unreserve: { resources: [cpus] } },
    ]
    const call = readSchedulerCall({ type: 'ACCEPT', ...F, accept: { operations } })
    expect(call).toMatchObject({
      allocations: [
        { role: 'eng', of: { taskId: 't' } },
        { role: 'eng', of: { type: 'UNRESERVE' } },
      ],
    })
  })

  it('REQUEST of what cannot be is a wish for nothing', () => {
    const resources = [{ name: 'cpus', type: 'SCALAR', scalar: { value: -1 } }]
    const call = readSchedulerCall({
      type: 'REQUEST',
      ...F,
      request: { requests: [{ resources }] },
    })
    expect(call).toMatchObject({ requests: [{ resources: {} }] })
  })
})
