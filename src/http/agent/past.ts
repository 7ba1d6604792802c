import type { FrameworkInfo, TaskState } from '../../messages/index.ts'
import type { AgentTask, ExecutorRecord } from '../../model/agent/book.ts'
import type { AgentReport } from '../../model/agent/step.ts'
import { count } from '../operator/count.ts'

/** A task that is over and acknowledged. */
export interface EndedTask {
  readonly frameworkId: string
  readonly framework: FrameworkInfo
  readonly task: AgentTask
}

export interface EndedExecutor {
  readonly frameworkId: string
  readonly framework: FrameworkInfo
  readonly executor: ExecutorRecord
}

/** As many as Mesos keeps of one executor's tasks, and of one framework's executors. */
const tasksMax = 200
const executorsMax = 150

/** What an agent ran lately; it forgets that itself. */
export class AgentPast {
  readonly tasks: EndedTask[] = []
  readonly executors: EndedExecutor[] = []
  /** How many tasks ended in which state, as far as their schedulers know. */
  readonly counts = new Map<TaskState, number>()

  /** How many executors have ended. */
  executorsEnded = 0

  take(report: AgentReport): void {
    const { id: frameworkId, info: framework } = report.framework
    if (report.what === 'taskEnded') {
      const { task } = report
      count(this.counts, task.state, 1)
      this.tasks.push({ frameworkId, framework, task })
      // One at a time would move the whole list for each.
      if (this.tasks.length > 2 * tasksMax) this.tasks.splice(0, tasksMax)
    } else {
      this.executorsEnded++
      this.executors.push({ frameworkId, framework, executor: report.executor })
      if (this.executors.length > 2 * executorsMax) this.executors.splice(0, executorsMax)
    }
  }
}
