import fc from 'fast-check'
import type { CheckStatus, TaskStatus } from '../../../src/messages/index.ts'
import { reasons, sources, taskStates } from '../../../src/messages/index.ts'
import { base64, id, text, uuid } from './arbitraries.ts'

export const status: fc.Arbitrary<TaskStatus> = fc.record(
  {
    taskId: id,
    state: fc.constantFrom(...taskStates),
    timestampMs: fc.integer({ min: 1, max: 4_000_000_000_000 }),
    source: fc.constantFrom(...sources),
    uuid,
    reason: fc.constantFrom(...reasons),
    message: text,
    agentId: id,
    executorId: id,
    healthy: fc.boolean(),
    checkStatus: fc.constantFrom<CheckStatus>(
      { type: 'COMMAND' },
      { type: 'COMMAND', exitCode: 0 },
      { type: 'HTTP', statusCode: 200 },
      { type: 'TCP', succeeded: false },
    ),
    unreachableTimeMs: fc.integer({ min: 1, max: 4_000_000_000_000 }),
    carried: fc.record(
      { data: base64, labels: fc.constant({ labels: [{ key: 'k' }, { key: 'k' }] }) },
      { requiredKeys: ['data'] },
    ),
  },
  { requiredKeys: ['taskId', 'state', 'timestampMs', 'source'] },
)
