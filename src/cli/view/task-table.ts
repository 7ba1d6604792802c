import type { AgentSnapshot } from '../../cluster/snapshot.ts'
import { describeResources } from '../../model/resources/describe.ts'
import { isTerminal } from '../../model/task-states.ts'
import { shareCells } from './resource-bars.ts'
import type { Style } from './style.ts'
import type { TaskCounts, TaskRow } from './task-board.ts'
import { spanText } from './times.ts'
import { fit, oneLine, pad, widthOf } from './width.ts'

const progressWidth = 12
const gap = '  '

export interface TableOptions {
  readonly columns: number
  readonly style: Style
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Where the names of agents are found. */
  readonly agents: readonly AgentSnapshot[]
}

/** One line per task below a line of titles: whose it is, where it runs, and how it stands. */
export function taskTable(rows: readonly TaskRow[], options: TableOptions): string[] {
  const { style, now, agents } = options
  const names = new Map(agents.map(({ id, name }) => [id, name]))
  const titles = ['framework', 'task', 'resources', 'agent', 'state', 'time'].map((title) =>
    style.dim(title),
  )
  const cells = rows.map((row) => [
    row.framework,
    row.id,
    describeResources(row.resources),
    names.get(row.agentId ?? '') ?? '',
    style.state(row.state, stateText(row)),
    row.startedAtMs === undefined ? '' : spanText((row.endedAtMs ?? now) - row.startedAtMs),
  ])
  const [head = '', ...lines] = table([titles, ...cells], Infinity)
  const width = Math.max(...[head, ...lines].map(widthOf)) + gap.length
  const full = lines.map((line, place) => {
    const row = rows[place]
    const end = row === undefined ? '' : lastCell(row, options.columns - width, style)
    return end === '' ? line : `${pad(line, width)}${end}`
  })
  return [head, ...full].map((line) => fit(line, options.columns))
}

/** Lines of cells in columns; the last one takes what is left of the width. */
export function table(lines: readonly (readonly string[])[], columns: number): string[] {
  const widths: number[] = []
  for (const cells of lines) {
    for (const [place, cell] of cells.entries()) {
      widths[place] = Math.max(widths[place] ?? 0, widthOf(cell))
    }
  }
  return lines.map((cells) => {
    const padded = cells.map((cell, place) => pad(cell, widths[place] ?? 0))
    return fit(padded.join(gap).trimEnd(), columns)
  })
}

/** How far all tasks are, in one line. */
export function progressLine(counts: TaskCounts, style: Style): string {
  const { all, waiting, running, finished, failed } = counts
  const [good = 0, bad = 0, now = 0, later = 0] = shareCells(
    [finished, failed, running, waiting],
    all,
    Math.min(20, all),
  )
  const bar =
    style.good('█'.repeat(good)) +
    style.bad('█'.repeat(bad)) +
    style.state('TASK_RUNNING', '▒'.repeat(now)) +
    style.dim('·'.repeat(later))
  const said = [
    `${finished} of ${all} finished`,
    ...(failed > 0 ? [style.bad(`${failed} failed`)] : []),
    ...(running > 0 ? [`${running} running`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
  ]
  return `${bar}  ${said.join(', ')}`
}

/** The most telling rows when not all have room: what runs, then what failed, then the latest. */
export function mostTelling(rows: readonly TaskRow[], count: number): readonly TaskRow[] {
  if (rows.length <= count) return rows
  const running = rows.filter(({ state }) => state !== undefined && !isTerminal(state))
  const failed = rows.filter(({ state }) => isFailure(state)).slice(-Math.ceil(count / 3))
  const chosen = new Set([...running.slice(0, count - failed.length), ...failed])
  for (const row of rows.filter(({ state }) => state === undefined)) {
    if (chosen.size >= count) break
    chosen.add(row)
  }
  return rows.filter((row) => chosen.has(row))
}

function isFailure(state: TaskRow['state']): boolean {
  return state !== undefined && isTerminal(state) && state !== 'TASK_FINISHED'
}

/** A state as people say it: without the prefix that all have. */
export function stateText({ state, healthy }: Pick<TaskRow, 'state' | 'healthy'>): string {
  if (state === undefined) return 'waiting'
  const name = state.slice('TASK_'.length)
  return state === 'TASK_RUNNING' && healthy === false ? `${name} (unhealthy)` : name
}

/** What else there is to say of a task, in the columns that are left. */
function lastCell({ progress, message }: TaskRow, columns: number, style: Style): string {
  if (message !== undefined) return oneLine(message)
  if (progress === undefined || columns < 4) return ''
  const percent = pad(`${Math.round(progress * 100)}%`, 4, 'start')
  const width = Math.min(progressWidth, columns - percent.length - 1)
  if (width < 4) return percent
  const done = Math.round(Math.min(1, Math.max(0, progress)) * width)
  return `${'█'.repeat(done)}${style.dim('·'.repeat(width - done))} ${percent}`
}
