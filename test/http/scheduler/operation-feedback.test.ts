import { describe, expect, it } from 'vitest'
import { createCountingIds } from '../../../src/actors/ids.ts'
import { VirtualClock } from '../../../src/actors/virtual-clock.ts'
import { OperationFeedback } from '../../../src/http/scheduler/operation-feedback.ts'
import type { OperationState, OperationStatus } from '../../../src/messages/index.ts'
import { defaultTimeouts } from '../../../src/model/timeouts.ts'

const finished: OperationStatus = {
  operationId: 'op',
  state: 'OPERATION_FINISHED',
  agentId: 'S1',
}

function desk() {
  const clock = new VirtualClock()
  const told: (readonly [number, string, OperationStatus])[] = []
  const fates = new Map<string, OperationState>()
  const feedback = new OperationFeedback({
    clock,
    ids: createCountingIds(),
    timeouts: () => defaultTimeouts,
    fateOf: (agentId) => fates.get(agentId),
    tell: (frameworkId, updates) => {
      for (const status of updates) told.push([clock.now(), frameworkId, status])
    },
  })
  return { clock, feedback, told, fates }
}

describe('What became of operations', () => {
  it('is repeated after 10 s, 20 s, … until it is acknowledged', () => {
    const { clock, feedback, told } = desk()
    const [status] = feedback.take('F', [finished])
    clock.advance(69_999)
    expect(told).toEqual([
      [10_000, 'F', status],
      [30_000, 'F', status],
    ])
    feedback.acknowledge('F', 'op', status?.uuid ?? '')
    clock.advance(3_600_000)
    expect(told).toHaveLength(2)
  })

  it('is not silenced by another framework, for another operation, or with another uuid', () => {
    const { clock, feedback, told } = desk()
    const [{ uuid = '' } = {}] = feedback.take('F', [finished])
    feedback.acknowledge('G', 'op', uuid)
    feedback.acknowledge('F', 'other', uuid)
    feedback.acknowledge('F', 'op', 'no such uuid')
    clock.advance(10_000)
    expect(told).toHaveLength(1)
  })

  it('is told once where it is the master that says it', () => {
    const { clock, feedback, told } = desk()
    const byMaster: OperationStatus[] = [
      { operationId: 'bad', state: 'OPERATION_ERROR', message: 'no' },
      { ...finished, state: 'OPERATION_UNREACHABLE' },
    ]
    expect(feedback.take('F', byMaster)).toEqual(byMaster)
    clock.advance(3_600_000)
    expect(told).toEqual([])
  })

  it('is told at once to a scheduler that comes back, and never when its framework is gone', () => {
    const { clock, feedback, told } = desk()
    const [status] = feedback.take('F', [finished])
    feedback.repeat('G')
    feedback.repeat('F')
    expect(told).toEqual([[0, 'F', status]])
    feedback.forget('F')
    clock.advance(3_600_000)
    feedback.repeat('F')
    expect(told).toHaveLength(1)
  })

  it('is told again when its agent is out of reach, and rests until that is back', () => {
    const { clock, feedback, told, fates } = desk()
    const [status] = feedback.take('F', [finished])
    const { agentId = '' } = finished
    fates.set(agentId, 'OPERATION_UNREACHABLE')
    expect(feedback.lost('F', 'another')).toEqual([])
    expect(feedback.lost('F', agentId)).toEqual([
      { operationId: 'op', agentId, state: 'OPERATION_UNREACHABLE', message: 'agent S1 is lost' },
    ])
    expect(feedback.latest('F').size).toBe(0)
    feedback.repeat('F')
    clock.advance(69_999)
    expect(told).toEqual([])
    fates.clear()
    clock.advance(1)
    expect(told).toEqual([[70_000, 'F', status]])
  })

  it('is over when its agent is gone for good', () => {
    const { clock, feedback, told, fates } = desk()
    feedback.take('F', [finished])
    fates.set('S1', 'OPERATION_GONE_BY_OPERATOR')
    expect(feedback.lost('F', 'S1')).toMatchObject([{ state: 'OPERATION_GONE_BY_OPERATOR' }])
    fates.clear()
    clock.advance(3_600_000)
    expect(told).toEqual([])
    expect(feedback.lost('F', 'S1')).toEqual([])
  })

  it('can be asked for, without a uuid, as long as nobody has acknowledged it', () => {
    const { feedback } = desk()
    const [{ uuid = '' } = {}] = feedback.take('F', [finished])
    expect([...feedback.latest('F').values()]).toEqual([finished])
    feedback.acknowledge('F', 'op', uuid)
    expect(feedback.latest('F').size).toBe(0)
  })

  it('is kept for the last 1,000 operations of a framework', () => {
    const { feedback } = desk()
    for (let index = 0; index < 1_001; index++) {
      feedback.take('F', [{ ...finished, operationId: `op-${index}` }])
    }
    expect([feedback.latest('F').size, feedback.latest('F').has('op-0')]).toEqual([1_000, false])
  })
})
