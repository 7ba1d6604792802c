import { describe, expect, test } from 'vitest'
import { taskMachine, taskTable } from '../../src/machines/task.ts'
import { type TaskState, taskStates } from '../../src/messages/index.ts'
import { isTerminal, stateFor } from '../../src/model/task-states.ts'

/** The table of Mesos' protocol: the state, whether it is an end, and whether it can be taken back. */
const facts: readonly (readonly [TaskState, 'active' | 'ended' | 'ended, may return'])[] = [
  ['TASK_STAGING', 'active'],
  ['TASK_STARTING', 'active'],
  ['TASK_RUNNING', 'active'],
  ['TASK_KILLING', 'active'],
  ['TASK_FINISHED', 'ended'],
  ['TASK_FAILED', 'ended'],
  ['TASK_KILLED', 'ended'],
  ['TASK_ERROR', 'ended'],
  ['TASK_LOST', 'ended, may return'],
  ['TASK_DROPPED', 'ended'],
  ['TASK_UNREACHABLE', 'active'],
  ['TASK_GONE', 'ended'],
  ['TASK_GONE_BY_OPERATOR', 'ended, may return'],
  ['TASK_UNKNOWN', 'active'],
]

describe('Task states', () => {
  test('there are fourteen, and this table has them all', () => {
    expect(facts.map(([state]) => state).sort()).toEqual([...taskStates].sort())
    expect(new Set(taskStates).size).toBe(14)
  })

  test.each(facts)('%s is %s', (state, kind) => {
    const ended = kind !== 'active'
    expect(isTerminal(state)).toBe(ended)
    expect(taskMachine.states[state]?.tags.includes('terminal')).toBe(ended)
    expect(taskTable.isFinal(state)).toBe(kind === 'ended')
  })

  test.each(facts)('%s: a report moves it only while it has not ended', (from, kind) => {
    for (const [to] of facts) {
      const legal = kind === 'active' && to !== 'TASK_STAGING'
      const target = taskTable.next(from, `reported.${to}`)?.target
      expect(target, `${from} to ${to}`).toBe(legal ? to : undefined)
    }
  })

  test.each(facts)(
    '%s: the return of its agent takes it back only if it was out of sight',
    (from, kind) => {
      const outOfSight =
        kind === 'ended, may return' || ['TASK_UNREACHABLE', 'TASK_UNKNOWN'].includes(from)
      for (const [to] of facts) {
        const saidByMasters = to === 'TASK_UNREACHABLE' || to === 'TASK_UNKNOWN'
        const target = taskTable.next(from, `returned.${to}`)?.target
        expect(target, `${from} to ${to}`).toBe(outOfSight && !saidByMasters ? to : undefined)
      }
    },
  )

  test('a framework that is not partition-aware hears LOST for all that happens out of its sight', () => {
    for (const state of [
      'TASK_DROPPED',
      'TASK_UNREACHABLE',
      'TASK_GONE',
      'TASK_UNKNOWN',
    ] as const) {
      expect(stateFor({ capabilities: ['PARTITION_AWARE'] }, state)).toBe(state)
      expect(stateFor({ capabilities: ['GPU_RESOURCES'] }, state)).toBe('TASK_LOST')
      expect(stateFor({}, state)).toBe('TASK_LOST')
    }
  })
})
