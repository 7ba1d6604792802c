import type { FrameworkInfo, TaskState } from '../../messages/index.ts'
import type { AgentTask, ExecutorRecord } from '../../model/agent/book.ts'
import type { AgentReport } from '../../model/agent/step.ts'
import { count } from '../operator/count.ts'
import { Ring } from '../operator/ring.ts'

/** As many as Mesos keeps of one executor's tasks, and of one framework's executors. */
const tasksMax = 200
const executorsMax = 150
/** As many as Mesos keeps of frameworks of which nothing runs any more. */
const frameworksMax = 50

/** What is over of a framework. */
export interface FrameworkPast {
  /** As it was when something of it ended last. */
  info: FrameworkInfo
  /** Its last executors that have ended. */
  readonly executors: Ring<ExecutorRecord>
}

/** What an agent ran lately; it forgets that itself. */
export class AgentPast {
  /** By id; the one of which something ended last is the last one. */
  readonly frameworks = new Map<string, FrameworkPast>()
  /** How many tasks ended in which state, as far as their schedulers know. */
  readonly counts = new Map<TaskState, number>()

  /** How many executors have ended. */
  executorsEnded = 0

  /** Tasks are forgotten with their executor, whether it lives or is in a framework's past. */
  readonly #tasks = new WeakMap<ExecutorRecord, Ring<AgentTask>>()
  readonly #lives: (frameworkId: string) => boolean

  /** Frameworks of which something lives are not forgotten. */
  constructor(lives: (frameworkId: string) => boolean) {
    this.#lives = lives
  }

  take(report: AgentReport): void {
    const past = this.#noted(report)
    if (report.what === 'taskEnded') {
      count(this.counts, report.task.state, 1)
      this.#keep(report.task)
    } else {
      this.executorsEnded++
      past.executors.add(report.executor)
    }
    this.#forgetFrameworks()
  }

  /** The last tasks of an executor that are over and acknowledged, oldest first. */
  tasksOf(executor: ExecutorRecord): readonly AgentTask[] {
    return [...(this.#tasks.get(executor) ?? [])]
  }

  #noted({ framework: { id, info } }: AgentReport): FrameworkPast {
    const past = this.frameworks.get(id) ?? { info, executors: new Ring(executorsMax) }
    past.info = info
    this.frameworks.delete(id)
    this.frameworks.set(id, past)
    return past
  }

  /** A task that came to no executor never ran. */
  #keep(task: AgentTask): void {
    const { executor } = task
    if (executor === undefined) return
    const known = this.#tasks.get(executor)
    const tasks = known ?? new Ring<AgentTask>(tasksMax)
    if (known === undefined) this.#tasks.set(executor, tasks)
    tasks.add(task)
  }

  #forgetFrameworks(): void {
    if (this.frameworks.size <= frameworksMax) return
    const gone = [...this.frameworks.keys()].filter((id) => !this.#lives(id))
    for (const id of gone.slice(0, -frameworksMax)) this.frameworks.delete(id)
  }
}
