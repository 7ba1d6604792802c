import type { SandboxPlace, SandboxRegistry } from '../../actors/ports.ts'

/** Of so many executors it is remembered where they had their sandboxes; the oldest go first. */
const executorsMax = 2_000

/** One run of an executor. */
interface Run {
  readonly containerId: string
  /** Its folder, if it has one of its own. */
  folder?: string
  /** The folders of tasks that have their own, by id. */
  readonly tasks: Map<string, string>
}

interface Owned {
  /** Whose sandbox it is. */
  readonly frameworkId: string
}

/** A folder of this machine, and how one comes to it. */
export interface Attached extends Owned {
  /** Nothing below this folder is anybody else's business, and nothing else is shown. */
  readonly root: string
  /** What follows the folder in the path that was asked for. */
  readonly rest: string
}

/** A place that is not a folder of this machine, and what is in it. */
export interface Listed extends Owned {
  readonly names: readonly string[]
}

/**
 * Where the sandboxes of one agent are, by the paths of Mesos: as
 * `/frameworks/F/executors/E/runs/C` (or `latest`) with or without `<work_dir>/slaves/S` in front,
 * with `tasks/T` behind for those of a group, and as they really are.
 */
export class Sandboxes implements SandboxRegistry {
  readonly #runs = new Map<string, Run[]>()
  readonly #workDir: string

  constructor(workDir: string) {
    this.#workDir = workDir
  }

  add({ frameworkId, executorId, containerId = '', taskId }: SandboxPlace, folder: string): void {
    const key = `${frameworkId}/${executorId}`
    const runs = this.#runs.get(key) ?? []
    this.#runs.delete(key)
    this.#runs.set(key, runs)
    let run = runs.find((known) => known.containerId === containerId)
    if (run === undefined) {
      run = { containerId, tasks: new Map() }
      runs.push(run)
    }
    if (taskId === undefined) run.folder = folder
    else run.tasks.set(taskId, folder)
    const [oldest] = this.#runs.keys()
    if (this.#runs.size > executorsMax && oldest !== undefined) this.#runs.delete(oldest)
  }

  /** The path under which operators find a run. */
  directoryOf(agentId: string, { frameworkId, executorId, containerId }: SandboxPlace): string {
    const run = this.#runOf(frameworkId, executorId, containerId ?? 'latest')
    return run?.folder ?? this.#virtual(agentId, frameworkId, executorId, containerId)
  }

  /**
   * What a path stands for; nothing when it stands for nothing here. Ways up stay in what follows
   * the folder: whoever opens it sees where they lead.
   */
  find(path: string): Attached | Listed | undefined {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.')
    return this.#findVirtual(parts) ?? this.#findReal(`/${parts.join('/')}`)
  }

  #virtual(agentId: string, frameworkId: string, executorId: string, containerId = 'latest') {
    const run = `frameworks/${frameworkId}/executors/${executorId}/runs/${containerId}`
    return `${this.#workDir}/slaves/${agentId}/${run}`
  }

  #findVirtual(all: readonly string[]): Attached | Listed | undefined {
    const work = this.#workDir.split('/').filter((part) => part !== '')
    const isBelowWork = work.every((part, at) => all[at] === part) && all[work.length] === 'slaves'
    const parts = isBelowWork ? all.slice(work.length + 2) : all
    const [frameworks, frameworkId = '', executors, executorId = '', runs, name = ''] = parts
    if (frameworks !== 'frameworks' || executors !== 'executors' || runs !== 'runs')
      return undefined
    const run = this.#runOf(frameworkId, executorId, name)
    if (run === undefined) return undefined
    const [word, taskId = '', ...below] = parts.slice(6)
    const own = word === 'tasks' ? run.tasks.get(taskId) : undefined
    if (own !== undefined) return { frameworkId, root: own, rest: below.join('/') }
    if (run.folder !== undefined) {
      return { frameworkId, root: run.folder, rest: parts.slice(6).join('/') }
    }
    if (word === undefined) return { frameworkId, names: ['tasks'] }
    const isTasks = word === 'tasks' && taskId === ''
    return isTasks ? { frameworkId, names: [...run.tasks.keys()] } : undefined
  }

  #findReal(path: string): Attached | undefined {
    for (const [key, runs] of this.#runs) {
      const [frameworkId = ''] = key.split('/')
      for (const { folder, tasks } of runs) {
        for (const root of folder === undefined ? tasks.values() : [folder]) {
          if (path === root) return { frameworkId, root, rest: '' }
          if (path.startsWith(`${root}/`)) {
            return { frameworkId, root, rest: path.slice(root.length + 1) }
          }
        }
      }
    }
    return undefined
  }

  #runOf(frameworkId: string, executorId: string, name: string): Run | undefined {
    const runs = this.#runs.get(`${frameworkId}/${executorId}`) ?? []
    return name === 'latest' ? runs.at(-1) : runs.find(({ containerId }) => containerId === name)
  }
}
