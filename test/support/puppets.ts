import type { Clock, RunnerFactory, RunReport, Volumes } from '../../src/actors/ports.ts'
import type { TaskInfo } from '../../src/messages/index.ts'
import type { VolumeId } from '../../src/model/resources/volumes.ts'

/** How the work of a task ends when it is asked to. */
type Manner = 'obedient' | 'stubborn'

/** Runners without any work: each task begins at once and ends when the test says so. */
export class Puppets {
  readonly running = new Map<string, TaskInfo>()
  /** Every task whose work was begun, in order. */
  readonly begun: string[] = []
  /** What was asked of whom, in order: `terminate T1`, `kill T1`. */
  readonly asked: string[] = []
  /** Stubborn tasks end only when they are killed. */
  manner: Manner = 'obedient'
  /** The folders that exist, as `role/id`. */
  readonly folders = new Set<string>()
  /** Why no folder can be made or removed, if so. */
  diskTrouble: string | undefined
  /** Throws when a task of this id is begun: the executor's own code is broken. */
  crashOn: string | undefined
  readonly #clock: Clock
  readonly #reports = new Map<string, (report: RunReport) => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  readonly factory: RunnerFactory = (report) => {
    const own = new Set<string>()
    return {
      start: (task) => {
        if (task.taskId === this.crashOn) throw new Error('the runner is broken')
        this.begun.push(task.taskId)
        own.add(task.taskId)
        this.#reports.set(task.taskId, report)
        this.running.set(task.taskId, task)
        this.#clock.soon(() => report({ type: 'run.started', taskId: task.taskId }))
      },
      resume: ({ taskId }) => {
        this.begun.push(`${taskId} again`)
        own.add(taskId)
        this.#reports.set(taskId, report)
        const lives = this.running.has(taskId)
        const gone = { type: 'run.exited', taskId, succeeded: false, launched: true } as const
        this.#clock.soon(() => report(lives ? { type: 'run.started', taskId } : gone))
      },
      stop: (taskId, how) => {
        this.asked.push(`${how} ${taskId}`)
        if (how === 'terminate' && this.manner === 'stubborn') return
        this.#clock.soon(() => this.exit(taskId, false))
      },
      check: () => {},
      observe: () => {},
      close: async () => {
        for (const taskId of own) this.running.delete(taskId)
      },
    }
  }

  readonly volumes: Volumes = {
    create: (volumes) => {
      const fresh = volumes.filter((volume) => !this.folders.has(this.volumes.pathOf(volume)))
      this.#change(fresh, (name) => this.folders.add(name))
    },
    destroy: async (volumes) => this.#change(volumes, (name) => this.folders.delete(name)),
    pathOf: ({ role, id }) => `${role}/${id}`,
  }

  #change(volumes: readonly VolumeId[], change: (name: string) => void): void {
    if (this.diskTrouble !== undefined && volumes.length > 0) throw new Error(this.diskTrouble)
    for (const volume of volumes) change(this.volumes.pathOf(volume))
  }

  /** The work of a running task comes to its end. */
  exit(taskId: string, succeeded = true): void {
    if (!this.running.delete(taskId)) return
    this.#reports.get(taskId)?.({ type: 'run.exited', taskId, succeeded, launched: true })
  }
}
