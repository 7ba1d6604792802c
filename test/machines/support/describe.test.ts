import { describe, expect, test } from 'vitest'
import { setup } from 'xstate'
import { statesByEvents, toTable } from '../../../src/machines/support/describe.ts'
import { door, plant } from './charts.ts'

describe('statesByEvents', () => {
  const table = statesByEvents(door)

  test('rows are atomic states, columns are named events; the end and * are left out', () => {
    expect(table.states).toEqual(['closed', 'open'])
    expect(table.events).toEqual(['close', 'hinge.*', 'knock', 'open', 'timedOut'])
  })

  test('a cell tells targets and guards in the order in which they are tried', () => {
    expect(table.cell('closed', 'knock')).toBe('stays [isPatient]; removed')
    expect(table.cell('closed', 'open')).toBe('open [!isLocked && isPatient]')
    expect(table.cell('open', 'close')).toBe('closed')
  })

  test('an event that is ignored with a reason differs from one that nobody expects', () => {
    expect(table.cell('closed', 'close')).toBe('ignored')
    expect(table.cell('open', 'knock')).toBe('')
  })

  test('a state or event that the chart does not know is an error, not an empty cell', () => {
    expect(() => table.cell('ajar', 'knock')).toThrow('door has no atomic state ajar')
    expect(() => table.cell('open', 'kick')).toThrow('door knows no event kick')
  })

  test('an event climbs to the parents of a state while guards may refuse it', () => {
    const nested = setup({
      types: { events: {} as { type: 'go' | 'task.a' | 'task.b' } },
      guards: { isReady: () => true },
      actions: { note: () => {} },
    }).createMachine({
      id: 'nested',
      initial: 'outer',
      states: {
        outer: {
          initial: 'inner',
          on: { go: 'away', 'task.*': { actions: 'note' }, 'task.a': 'away' },
          states: {
            inner: { on: { go: { guard: 'isReady', target: 'other' } } },
            other: { on: { '*': { actions: 'note' } } },
          },
        },
        away: {},
      },
    })
    const { cell } = statesByEvents(nested)
    expect(cell('outer.inner', 'go')).toBe('other [isReady]; away')
    expect(cell('outer.inner', 'task.a')).toBe('away')
    expect(cell('outer.inner', 'task.*')).toBe('stays')
    expect(cell('outer.other', 'go')).toBe('')
  })

  test('in a parallel chart each region answers for itself and its ancestors', () => {
    const { states, cell } = statesByEvents(plant)
    expect(states).toEqual([
      'pump.idle',
      'pump.TASK_RUNNING',
      'pump.end',
      'valve-2.idle',
      'valve-2.half; "open"',
    ])
    expect(cell('pump.idle', 'start')).toBe('TASK_RUNNING')
    expect(cell('pump.TASK_RUNNING', 'fail')).toBe('end')
    expect(cell('valve-2.idle', 'fail')).toBe('')
    expect(cell('valve-2.idle', 'stop')).toBe('pump.end')
  })
})

describe('toTable', () => {
  test('more events than states: the events go down the page', () => {
    expect(toTable(statesByEvents(door))).toBe(
      [
        '| event \\ state | `closed` | `open` |',
        '| --- | --- | --- |',
        '| `close` | ignored | closed |',
        '| `hinge.*` |  | stays |',
        '| `knock` | stays [isPatient]; removed |  |',
        '| `open` | open [!isLocked && isPatient] |  |',
        '| `timedOut` | removed |  |',
        '',
      ].join('\n'),
    )
  })

  test('more states than events: the states go down the page; bars are escaped', () => {
    const table = { states: ['a', 'b'], events: ['go'], cell: () => 'b [x || y]' }
    expect(toTable(table).split('\n')).toEqual([
      '| state \\ event | `go` |',
      '| --- | --- |',
      '| `a` | b [x \\|\\| y] |',
      '| `b` | b [x \\|\\| y] |',
      '',
    ])
  })
})
