import { expect, test } from 'vitest'
import { barLegend, resourceBars, shareCells } from '../../../src/cli/view/resource-bars.ts'
import { Style } from '../../../src/cli/view/style.ts'
import { TaskBoard, type TaskRow } from '../../../src/cli/view/task-board.ts'
import { mostTelling, progressLine, taskTable } from '../../../src/cli/view/task-table.ts'
import { spanText } from '../../../src/cli/view/times.ts'
import { fit, oneLine, pad, widthOf, wrap } from '../../../src/cli/view/width.ts'

const plain = new Style(false)
const coloured = new Style(true)

const agent = {
  id: 'm-S0',
  name: 'agent-1',
  state: 'connected',
  duty: 'active',
  total: { cpus: 4, mem: 4096, ports: [[1, 9]] as [number, number][] },
  used: { cpus: 2, mem: 1024 },
  offered: { cpus: 1 },
  free: { cpus: 1, mem: 3072 },
}

test('Width: wide signs count two, marks and colours none', () => {
  expect([widthOf('abc'), widthOf('日本'), widthOf('e\u0301'), widthOf('🚀')]).toEqual([3, 4, 1, 2])
  expect(widthOf(coloured.bold('abc'))).toBe(3)
  expect(pad('日本', 6)).toBe('日本  ')
})

test('Width: what does not fit is cut, with an ellipsis, and the colour ends there', () => {
  expect(fit('abcdef', 6)).toBe('abcdef')
  expect(fit('abcdef', 4)).toBe('abc…')
  expect(fit('日本語', 4)).toBe('日…')
  expect(widthOf(fit(coloured.bad('abcdef'), 4))).toBe(4)
  expect(fit(coloured.bad('abcdef'), 4).endsWith('…\u001b[0m')).toBe(true)
})

test('Width: long texts are broken at spaces', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrap('one', 7)).toEqual(['one'])
  expect(wrap('abcdefghij k', 5)).toEqual(['abcd…', 'k'])
})

test('Width: what tasks say cannot move the cursor', () => {
  expect(oneLine('a\u001b[2Jb\r\nc\td\u0007')).toBe('ab c d')
})

test.each([
  [420, '0.42 s'],
  [9_994, '9.99 s'],
  [9_999, '10.0 s'],
  [61_000, '61.0 s'],
  [247_000, '4:07 m'],
  [3_725_000, '1:02 h'],
  [-5, '0.00 s'],
])('Times: %i ms is %s', (milliseconds, text) => {
  expect(spanText(milliseconds)).toBe(text)
})

test('Bars: used, offered and free fill the width, in three densities', () => {
  expect(resourceBars([agent], 60, plain)).toEqual([
    'agent-1  cpus    ████████▒▒▒▒····  2 used, 1 offered, 1 free',
    '         mem MB  ████············  1024 used, 3072 free',
  ])
  for (const columns of [30, 60, 80, 200]) {
    for (const line of resourceBars([agent], columns, coloured)) {
      expect(widthOf(line)).toBeLessThanOrEqual(columns)
    }
  }
  expect(barLegend(plain)).toBe('█ used  ▒ offered  · free')
})

test('Bars: an agent that an operator keeps back says so', () => {
  expect(resourceBars([{ ...agent, duty: 'drained' }], 80, plain)[0]).toMatch(
    /^agent-1 drained {2}cpus {2}/,
  )
})

test('Bars: what is there shows, however little, and the cells fill the width', () => {
  expect(shareCells([1, 0, 999], 1000, 10)).toEqual([1, 0, 9])
  expect(shareCells([1, 1, 1], 3, 10).reduce((sum, cells) => sum + cells, 0)).toBe(10)
})

function rows(): TaskRow[] {
  const resources = { cpus: 1 }
  return [
    {
      framework: 'a',
      id: 'one',
      resources,
      state: 'TASK_RUNNING',
      agentId: 'm-S0',
      startedAtMs: 0,
      progress: 0.5,
    },
    { framework: 'a', id: 'two', resources },
    {
      framework: 'b',
      id: 'three',
      resources,
      state: 'TASK_FAILED',
      agentId: 'm-S0',
      startedAtMs: 0,
      endedAtMs: 500,
      message: 'exited\nwith code 1',
    },
  ]
}

test('Table: tasks with state, time and progress or reason, cut to the width', () => {
  const options = { style: plain, now: 2_000, agents: [agent] }
  expect(taskTable(rows(), { ...options, columns: 80 })).toEqual([
    'framework  task   resources  agent    state    time',
    'a          one    <1 cpu>    agent-1  RUNNING  2.00 s  ██████······  50%',
    'a          two    <1 cpu>             waiting',
    'b          three  <1 cpu>    agent-1  FAILED   0.50 s  exited with code 1',
  ])
  expect(taskTable(rows(), { ...options, columns: 60 })[1]).toBe(
    'a          one    <1 cpu>    agent-1  RUNNING  2.00 s   50%',
  )
  for (const line of taskTable(rows(), { ...options, style: coloured, columns: 40 })) {
    expect(widthOf(line)).toBeLessThanOrEqual(40)
  }
})

test('Table: when not all tasks have room, those that run or failed are shown first', () => {
  const waiting = Array.from({ length: 50 }, (_, n): TaskRow => {
    return { framework: 'c', id: `w-${n}`, resources: {} }
  })
  const shown = mostTelling([...waiting, ...rows()], 4).map(({ id }) => id)
  expect(shown).toEqual(['w-0', 'w-1', 'one', 'three'])
})

test('Progress: one line says how many tasks are how', () => {
  const board = new TaskBoard()
  for (const row of rows()) board.add(row)
  expect(progressLine(board.counts(), plain)).toBe(
    '█▒·  0 of 3 finished, 1 failed, 1 running, 1 waiting',
  )
})

test('Board: a task that is tried again starts anew', () => {
  const board = new TaskBoard()
  board.add({ framework: 'a', id: 'x', resources: {} })
  const note = (state: 'TASK_RUNNING' | 'TASK_FAILED' | 'TASK_STAGING', timestampMs: number) =>
    board.note('a', 'x', { taskId: 'x', source: 'EXECUTOR', state, timestampMs })
  note('TASK_RUNNING', 10)
  note('TASK_FAILED', 20)
  expect(board.rows()).toMatchObject([{ startedAtMs: 10, endedAtMs: 20 }])
  expect(board.counts()).toMatchObject({ failed: 1, running: 0 })
  note('TASK_STAGING', 30)
  note('TASK_RUNNING', 40)
  expect(board.rows()[0]).toMatchObject({ startedAtMs: 40 })
  expect(board.rows()[0]).not.toHaveProperty('endedAtMs')
})
