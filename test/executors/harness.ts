import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { Runner, RunnerFactory, RunReport } from '../../src/actors/ports.ts'
import type { CommandInfo, TaskInfo } from '../../src/messages/index.ts'

type ReportOf<Type extends RunReport['type']> = Extract<RunReport, { type: Type }>

/** Everything a runner reported, and a way to await what it will report. */
export class Reports {
  readonly all: RunReport[] = []
  readonly #waiting = new Set<() => void>()

  readonly add = (report: RunReport): void => {
    this.all.push(report)
    for (const look of [...this.#waiting]) look()
  }

  /** The first report of the type about the task, now or later. */
  of<Type extends RunReport['type']>(type: Type, taskId: string): Promise<ReportOf<Type>> {
    return this.#first(() => this.list(type, taskId)[0])
  }

  /** The first report about the task, now or later. */
  any(taskId: string): Promise<RunReport> {
    return this.#first(() => this.all.find((report) => report.taskId === taskId))
  }

  async #first<Report>(find: () => Report | undefined): Promise<Report> {
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      await new Promise<void>((resolve) => {
        const look = () => {
          this.#waiting.delete(look)
          resolve()
        }
        this.#waiting.add(look)
      })
    }
  }

  list<Type extends RunReport['type']>(type: Type, taskId: string): ReportOf<Type>[] {
    const isOne = (report: RunReport): report is ReportOf<Type> =>
      report.type === type && report.taskId === taskId
    return this.all.filter(isOne)
  }

  exited(taskId: string): Promise<ReportOf<'run.exited'>> {
    return this.of('run.exited', taskId)
  }
}

/** A runner with its reports; closed when the test is over. */
export function runnerOf(factory: RunnerFactory): { runner: Runner; reports: Reports } {
  const reports = new Reports()
  const runner = factory(reports.add)
  onTestFinished(() => runner.close())
  return { runner, reports }
}

/** A folder that the test has for itself. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mesostate-executors-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

export function taskOf(taskId: string, rest: Partial<TaskInfo> = {}): TaskInfo {
  return { taskId, name: taskId, agentId: 'agent-1', resources: { cpus: 1, mem: 128 }, ...rest }
}

export function commandTask(
  taskId: string,
  value: string,
  rest: Partial<CommandInfo> = {},
): TaskInfo {
  return taskOf(taskId, { command: { value, ...rest } })
}

/** Polls, because no event tells what a process that is not our child does. */
export async function until<Value>(
  what: string,
  look: () => Value | undefined | false,
  deadlineMs = 20_000,
): Promise<Value> {
  const end = performance.now() + deadlineMs
  for (;;) {
    const value = look()
    if (value !== undefined && value !== false) return value
    if (performance.now() > end) throw new Error(`${what}: not so after ${deadlineMs} ms`)
    await rest(5)
  }
}

/** The content of a file once it is there and ends with a newline. */
export function lineIn(path: string): Promise<string> {
  return until(`a line in ${path}`, () => {
    const text = readIfThere(path)
    return text.endsWith('\n') ? text.trim() : undefined
  })
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** True while a process lives; one that only waits to be collected by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  if (process.platform !== 'linux') return true
  return /\) [^ZX]/.test(readIfThere(`/proc/${pid}/stat`))
}

const onLinux = process.platform === 'linux'
const reason = 'it needs /proc and setsid, which only Linux has'

/** Options of a test that only Linux can run; elsewhere its title says why it was skipped. */
export function linuxOnly(title: string): [string, { skip: boolean }] {
  return [onLinux ? title : `${title} (skipped: ${reason})`, { skip: !onLinux }]
}

const asRoot = process.getuid?.() === 0

/** The same of one that only root can run. */
export function rootOnly(title: string): [string, { skip: boolean }] {
  if (asRoot || !onLinux) return linuxOnly(title)
  return [`${title} (skipped: only root may become somebody else)`, { skip: true }]
}
