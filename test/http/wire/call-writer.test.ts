import { describe, expect, it } from 'vitest'
import { type FromScheduler, writeSchedulerCalls } from '../../../src/http/wire/call-writer.ts'
import { readSchedulerCall } from '../../../src/http/wire/calls.ts'
import type { FrameworkInfo } from '../../../src/messages/index.ts'

const uuid = '01234567-89ab-4def-8123-456789abcdef'
const info = {
  user: 'root',
  name: 'one',
  roles: ['a'],
  checkpoint: false,
  failoverTimeoutMs: 0,
  capabilities: ['MULTI_ROLE'],
}

describe('What a scheduler of ours says', () => {
  const framework: FrameworkInfo = { ...info, capabilities: ['MULTI_ROLE'] }
  const caller = { info: framework, frameworkId: 'F' }
  const task = { taskId: 't', name: 't', agentId: 'A', resources: { cpus: 1 } }
  const described = { info, suppressedRoles: ['a'] }

  it.each<[FromScheduler, object[]]>([
    [
      { type: 'lifecycle.register', framework, suppressedRoles: ['a'] },
      [{ type: 'SUBSCRIBE', ...described, frameworkId: undefined }],
    ],
    [
      { type: 'lifecycle.reregister', frameworkId: 'F', framework, suppressedRoles: ['a'] },
      [{ type: 'SUBSCRIBE', ...described }],
    ],
    [
      {
        type: 'lifecycle.describeFramework',
        framework: {
          ...framework,
          offerConstraints: { a: [[{ attributeName: 'x', exists: true }]] },
        },
        suppressedRoles: ['a'],
      },
      [
        {
          type: 'UPDATE_FRAMEWORK',
          ...described,
          info: { ...info, offerConstraints: { a: [[{ attributeName: 'x', exists: true }]] } },
        },
      ],
    ],
    [{ type: 'lifecycle.unregister', frameworkId: 'F' }, [{ type: 'TEARDOWN' }]],
    [
      { type: 'lifecycle.shutdownExecutor', agentId: 'A', executorId: 'e' },
      [{ type: 'SHUTDOWN', agentId: 'A', executorId: 'e' }],
    ],
    [
      { type: 'task.launch', offerIds: ['O'], tasks: [task], filters: { refuseSeconds: 1 } },
      [
        {
          type: 'ACCEPT',
          offerIds: ['O'],
          operations: [{ type: 'LAUNCH', tasks: [task] }],
          filters: { refuseSeconds: 1 },
        },
      ],
    ],
    [
      {
        type: 'allocation.accept',
        offerIds: ['O'],
        operations: [{ type: 'RESERVE', operationId: 'o', resources: { 'cpus(a,)': 1 } }],
      },
      [
        {
          type: 'ACCEPT',
          offerIds: ['O'],
          operations: [{ type: 'RESERVE', operationId: 'o', resources: { 'cpus(a,)': 1 } }],
        },
      ],
    ],
    [
      {
        type: 'task.kill',
        kills: [{ taskId: 't' }, { taskId: 'u', agentId: 'A', killPolicy: { gracePeriodMs: 1 } }],
      },
      [
        { type: 'KILL', taskId: 't' },
        { type: 'KILL', taskId: 'u', agentId: 'A', killPolicy: { gracePeriodMs: 1 } },
      ],
    ],
    [
      { type: 'task.acknowledge', acknowledgements: [{ taskId: 't', agentId: 'A', uuid }] },
      [{ type: 'ACKNOWLEDGE', taskId: 't', agentId: 'A', uuid }],
    ],
    [
      { type: 'task.reconcile', tasks: [{ taskId: 't' }, { taskId: 'u', agentId: 'A' }] },
      [{ type: 'RECONCILE', tasks: [{ taskId: 't' }, { taskId: 'u', agentId: 'A' }] }],
    ],
    [
      { type: 'task.message', agentId: 'A', executorId: 'e', data: 'e30=' },
      [{ type: 'MESSAGE', agentId: 'A', executorId: 'e', data: 'e30=' }],
    ],
    [
      { type: 'allocation.decline', offerIds: ['O'], filters: { refuseSeconds: 9 } },
      [{ type: 'DECLINE', offerIds: ['O'], filters: { refuseSeconds: 9 } }],
    ],
    [{ type: 'allocation.revive', roles: ['a'] }, [{ type: 'REVIVE', roles: ['a'] }]],
    [{ type: 'allocation.suppress' }, [{ type: 'SUPPRESS' }]],
    [
      { type: 'allocation.acceptInverse', inverseOfferIds: ['O'] },
      [{ type: 'ACCEPT_INVERSE_OFFERS', inverseOfferIds: ['O'] }],
    ],
    [
      { type: 'allocation.declineInverse', inverseOfferIds: ['O'], filters: { refuseSeconds: 1 } },
      [{ type: 'DECLINE_INVERSE_OFFERS', inverseOfferIds: ['O'], filters: { refuseSeconds: 1 } }],
    ],
    [
      { type: 'allocation.request', requests: [{ agentId: 'A', resources: { cpus: 1 } }] },
      [{ type: 'REQUEST', requests: [{ agentId: 'A', resources: { cpus: 1 } }] }],
    ],
  ])('$type is heard as what it is', (message, expected) => {
    const sent: unknown = JSON.parse(JSON.stringify(writeSchedulerCalls(message, caller)))
    const calls = Array.isArray(sent) ? sent.map((call) => readSchedulerCall(call)) : []
    expect(calls).toEqual(expected.map((call) => ({ frameworkId: 'F', ...call })))
  })
})
