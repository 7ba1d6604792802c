import type { SandboxPlace, SandboxRegistry } from '../../actors/ports.ts'
import { forgetOldest } from './forget.ts'

/** Of so many executors it is remembered where they had their sandboxes; the oldest go first. */
const executorsMax = 2_000
/** So many runs of one executor: as many executors that ended as Mesos keeps of a framework. */
const runsMax = 150
/** So many tasks of one run, as Mesos keeps of those that ended. */
const tasksMax = 200
/** No folder of this machine has a longer path. */
const pathLengthMax = 4_096

interface Executor {
  readonly frameworkId: string
  readonly executorId: string
  /** By the ids of their containers. */
  readonly runs: Map<string, Run>
  latest?: Run
}

/** One run of an executor. */
interface Run {
  /** Its folder, if it has one of its own. */
  folder?: string
  /** The folders of tasks that have their own, by id. */
  readonly tasks: Map<string, string>
}

/** Whose sandbox it is. */
export interface Owned {
  readonly frameworkId: string
  readonly executorId: string
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
  readonly #executors = new Map<string, Executor>()
  /** Whose the folders are that are known, by their paths. */
  readonly #owners = new Map<string, Owned>()
  readonly #workDir: string
  readonly #lives: (place: SandboxPlace) => boolean

  /** What lives is not forgotten: an executor, a run of it or a task, as far as its place says. */
  constructor(workDir: string, lives: (place: SandboxPlace) => boolean) {
    this.#workDir = workDir
    this.#lives = lives
  }

  add({ frameworkId, executorId, containerId = '', taskId }: SandboxPlace, folder: string): void {
    const executor = this.#executorOf(frameworkId, executorId)
    const run = this.#runFor(executor, containerId)
    const before = taskId === undefined ? run.folder : run.tasks.get(taskId)
    if (before !== undefined) this.#owners.delete(before)
    this.#owners.set(folder, { frameworkId, executorId })
    if (taskId === undefined) {
      run.folder = folder
      return
    }
    run.tasks.set(taskId, folder)
    const lives = (id: string): boolean =>
      this.#lives({ frameworkId, executorId, containerId, taskId: id })
    for (const old of forgetOldest(run.tasks, tasksMax, lives)) this.#owners.delete(old)
  }

  /** The executor, as the one that was heard of last. */
  #executorOf(frameworkId: string, executorId: string): Executor {
    const key = `${frameworkId}/${executorId}`
    const executor = this.#executors.get(key) ?? { frameworkId, executorId, runs: new Map() }
    this.#executors.delete(key)
    this.#executors.set(key, executor)
    const lives = (_: string, one: Executor): boolean =>
      this.#lives({ frameworkId: one.frameworkId, executorId: one.executorId })
    for (const { runs } of forgetOldest(this.#executors, executorsMax, lives)) {
      for (const run of runs.values()) this.#disown(run)
    }
    return executor
  }

  #runFor(executor: Executor, containerId: string): Run {
    const { frameworkId, executorId, runs } = executor
    const known = runs.get(containerId)
    if (known !== undefined) return known
    const run: Run = { tasks: new Map() }
    runs.set(containerId, run)
    executor.latest = run
    const lives = (id: string): boolean => this.#lives({ frameworkId, executorId, containerId: id })
    for (const old of forgetOldest(runs, runsMax, lives)) this.#disown(old)
    return run
  }

  #disown({ folder, tasks }: Run): void {
    if (folder !== undefined) this.#owners.delete(folder)
    for (const own of tasks.values()) this.#owners.delete(own)
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
    const owner = { frameworkId, executorId }
    const [word, taskId = '', ...below] = parts.slice(6)
    const own = word === 'tasks' ? run.tasks.get(taskId) : undefined
    if (own !== undefined) return { ...owner, root: own, rest: below.join('/') }
    if (run.folder !== undefined) {
      return { ...owner, root: run.folder, rest: parts.slice(6).join('/') }
    }
    if (word === undefined) return { ...owner, names: ['tasks'] }
    const isTasks = word === 'tasks' && taskId === ''
    return isTasks ? { ...owner, names: [...run.tasks.keys()] } : undefined
  }

  /** Looks for each folder above it, from the top, because there are few of these. */
  #findReal(path: string): Attached | undefined {
    let end = path.indexOf('/', 1)
    for (; end !== -1 && end <= pathLengthMax; end = path.indexOf('/', end + 1)) {
      const root = path.slice(0, end)
      const owner = this.#owners.get(root)
      if (owner !== undefined) return { ...owner, root, rest: path.slice(end + 1) }
    }
    const owner = this.#owners.get(path)
    return owner && { ...owner, root: path, rest: '' }
  }

  #runOf(frameworkId: string, executorId: string, name: string): Run | undefined {
    const executor = this.#executors.get(`${frameworkId}/${executorId}`)
    return name === 'latest' ? executor?.latest : executor?.runs.get(name)
  }
}
