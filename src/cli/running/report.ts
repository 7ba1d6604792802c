import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { ClusterSnapshot } from '../../cluster/snapshot.ts'
import type { TaskResult } from '../../frameworks/jobs/task-handle.ts'
import { drfPolicy } from '../../model/allocation/policies.ts'
import type { Plan } from '../job-file/plan.ts'
import type { Style } from '../view/style.ts'
import { spanText } from '../view/times.ts'
import { oneLine } from '../view/width.ts'
import type { PeakShares } from './peak-shares.ts'
import type { SubmittedTask } from './submit.ts'

/** More failures than this are counted, not shown one by one. */
const failuresShownMax = 20
const tailLinesMax = 5
const tailBytes = 4_096

/** A task with its end. */
export interface EndedTask extends Omit<SubmittedTask, 'result'> {
  readonly end: TaskResult
  readonly result: { readonly value: unknown } | undefined
}

/** Everything that is known when a run is over. */
export interface RunReport {
  readonly plan: Plan
  readonly exitCode: number
  readonly signal: string | undefined
  readonly startedAtMs: number
  readonly endedAtMs: number
  /** Where the sandboxes are, when they are here. */
  readonly workDir: string | undefined
  /** How the cluster stood before it was closed. */
  readonly cluster: ClusterSnapshot
  readonly tasks: readonly EndedTask[]
  readonly messages: Readonly<Record<string, number>>
  readonly peaks: PeakShares
}

/** What went wrong, task by task, with the last lines of what the task said. */
export function failureLines(tasks: readonly EndedTask[], style: Style): string[] {
  const failed = tasks.filter(({ end }) => end.state !== 'TASK_FINISHED')
  const lines = failed.slice(0, failuresShownMax).flatMap(({ framework, end }) => {
    const { id, state, message, sandbox, attempts } = end
    const tries = attempts > 1 ? ` after ${attempts} attempts` : ''
    const why = message === undefined ? '' : `: ${oneLine(message)}`
    const head = `${framework}/${id} ${style.state(state, state.slice(5))}${tries}${why}`
    const said = sandbox === undefined ? [] : lastLines(join(sandbox, 'stderr'))
    return [head, ...said.map((line) => `  ${style.dim('│')} ${line}`)]
  })
  const hidden = failed.length - failuresShownMax
  return hidden > 0 ? [...lines, `… and ${hidden} more`] : lines
}

/** The one-line verdict. */
export function verdictLine(report: RunReport, style: Style): string {
  const { tasks, signal, startedAtMs, endedAtMs } = report
  const finished = tasks.filter(({ end }) => end.state === 'TASK_FINISHED').length
  const failed = tasks.length - finished
  const counts = [
    style.good(`${finished} finished`),
    ...(failed > 0 ? [style.bad(`${failed} not finished`)] : []),
  ]
  const how = signal === undefined ? '' : ` (${signal})`
  return `${counts.join(', ')} in ${spanText(endedAtMs - startedAtMs)}${how}`
}

/** The one document of `--json`. */
export function documentOf(report: RunReport): object {
  const { plan, exitCode, signal, startedAtMs, endedAtMs, workDir, cluster, messages } = report
  const names = new Map(cluster.agents.map(({ id, name }) => [id, name]))
  const tasks = report.tasks.map((task) => taskDocument(task, names))
  return {
    file: plan.file,
    ok: exitCode === 0,
    exitCode,
    ...(signal !== undefined && { signal }),
    startedAtMs,
    endedAtMs,
    durationMs: endedAtMs - startedAtMs,
    workDir,
    policy: plan.sharing.policy ?? drfPolicy.name,
    agents: cluster.agents.map(({ id, name, total }) => ({ id, name, resources: total })),
    frameworks: plan.frameworks.map(({ name, role = name, weight, priority }) => ({
      id: cluster.frameworks.find((framework) => framework.name === name)?.id,
      name,
      role,
      weight: weight ?? plan.sharing.weights?.[role] ?? 1,
      priority: priority ?? plan.sharing.priorities?.[role] ?? 0,
      ...peakOf(report.peaks, name),
      tasks: countStates(report.tasks.filter(({ framework }) => framework === name)),
    })),
    tasks,
    messages,
  }
}

function peakOf(peaks: PeakShares, framework: string): object {
  const { resource, share } = peaks.of(framework) ?? {}
  if (resource === undefined) return { peakShare: 0 }
  return { dominantResource: resource, peakShare: share }
}

function taskDocument(
  { framework, handle, resources, result, end }: EndedTask,
  names: ReadonlyMap<string, string>,
): object {
  const { agentId, startedAtMs, endedAtMs, ...rest } = end
  const agent = names.get(agentId ?? '')
  return {
    framework,
    ...rest,
    ...(agent !== undefined && { agent }),
    resources: handle.resources ?? resources,
    ...(startedAtMs !== undefined && { startedAtMs }),
    endedAtMs,
    ...(startedAtMs !== undefined && { durationMs: endedAtMs - startedAtMs }),
    ...(result !== undefined && isJson(result.value) && { result: result.value }),
  }
}

function countStates(tasks: readonly EndedTask[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { end } of tasks) counts[end.state] = (counts[end.state] ?? 0) + 1
  return counts
}

/** Modules return what they like; a document holds what JSON has. */
function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined
  } catch {
    return false
  }
}

/** The last lines of a file, however long it is; none when it cannot be read. */
function lastLines(path: string): string[] {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return []
  }
  try {
    const { size } = fstatSync(file)
    const buffer = Buffer.alloc(Math.min(size, tailBytes))
    const bytes = readSync(file, buffer, 0, buffer.length, size - buffer.length)
    const lines = buffer.toString('utf8', 0, bytes).trimEnd().split('\n')
    return lines
      .slice(-tailLinesMax)
      .map(oneLine)
      .filter((line) => line !== '')
  } finally {
    closeSync(file)
  }
}
