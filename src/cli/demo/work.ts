import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { TaskRequest } from '../../frameworks/task-request.ts'
import type { Resources } from '../../messages/index.ts'
import type { TaskBoard } from '../view/task-board.ts'

/** What a process of the demonstration does: it takes its time, and writes down how far it is. */
const script = `
  const [, durationMs] = process.argv.map(Number)
  const begin = Date.now()
  const timer = setInterval(() => {
    const percent = Math.min(100, Math.round(((Date.now() - begin) / durationMs) * 100))
    process.stdout.write(percent + '%\\n')
    if (percent === 100) clearInterval(timer)
  }, 100)
`

/** A real process that takes a while. */
export function work(id: string, durationMs: number, cpus: number, mem: number): TaskRequest {
  return { id, cpus, mem, command: [process.execPath, '-e', script, String(durationMs)] }
}

/** What a task of the demonstration asks for. */
export function demandOf({ cpus = 0, mem = 0 }: TaskRequest): Resources {
  return { cpus, mem }
}

/** Reads from the sandboxes how far the tasks are. */
export function readProgress(board: TaskBoard): void {
  for (const row of board.rows()) {
    if (row.state === 'TASK_FINISHED') row.progress = 1
    else if (row.sandbox !== undefined) row.progress = progressIn(join(row.sandbox, 'stdout'))
  }
}

/** From 0 to 1; 0 as long as nothing was written. */
function progressIn(path: string): number {
  const buffer = Buffer.alloc(4_096)
  try {
    const file = openSync(path, 'r')
    const bytes = readSync(file, buffer)
    closeSync(file)
    const lines = buffer.toString('utf8', 0, bytes).trimEnd().split('\n')
    return (Number.parseInt(lines.at(-1) ?? '', 10) || 0) / 100
  } catch {
    return 0
  }
}
