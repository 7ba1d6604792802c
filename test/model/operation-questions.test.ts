import { describe, expect, it } from 'vitest'
import { createLedger } from '../../src/model/ledger/ledger.ts'
import { operationStatuses } from '../../src/model/master/operation-questions.ts'
import { defaultTimeouts } from '../../src/model/timeouts.ts'

describe('Questions about operations', () => {
  it('are answered by what is in the book, else by how the agent stands', () => {
    const book = createLedger({ masterId: 'M', timeouts: defaultTimeouts })
    const agent = (state: string, operations: object[] = []) =>
      Object.assign({ state, operations: new Map(operations.entries()) })
    const reserve = (operationId?: string) => ({ type: 'RESERVE', operationId, resources: {} })
    const going = [
      { frameworkId: 'F', operation: reserve('mine') },
      { frameworkId: 'F', operation: reserve() },
      { frameworkId: 'G', operation: reserve('theirs') },
    ]
    book.agents.set('S0', { id: 'S0', ...agent('connected', going) })
    book.agents.set('S1', { id: 'S1', ...agent('unreachable') })
    book.agents.set('S2', { id: 'S2', ...agent('recovered') })
    book.goneAgents.set('S3', Object.assign({}))
    const pending = { operationId: 'mine', agentId: 'S0', state: 'OPERATION_PENDING' }
    expect(operationStatuses(book, 'F', [])).toEqual([pending])
    const agentIds = ['S0', 'S1', 'S2', 'S3', 'S4', undefined]
    const questions = agentIds.map((agentId) => ({
      operationId: 'theirs',
      ...(agentId !== undefined && { agentId }),
    }))
    const told = operationStatuses(book, 'F', [{ operationId: 'mine' }, ...questions])
    expect(told.map(({ state }) => state)).toEqual([
      'OPERATION_PENDING',
      'OPERATION_UNKNOWN',
      'OPERATION_UNREACHABLE',
      'OPERATION_RECOVERING',
      'OPERATION_GONE_BY_OPERATOR',
      'OPERATION_UNKNOWN',
      'OPERATION_UNKNOWN',
    ])
  })
})
