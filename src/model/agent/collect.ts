import type { ExecutorRecord, FrameworkOnAgent } from './book.ts'
import { noteEmpty } from './drain-words.ts'
import { keepExecutor, keepFramework } from './keep.ts'
import type { AgentStep } from './step.ts'

/** Forgets an executor that ended and whose tasks are all reported, and a framework without any. */
export function collect(
  step: AgentStep,
  framework: FrameworkOnAgent,
  executor: ExecutorRecord | undefined,
): void {
  if (executor?.state === 'terminated' && executor.unreported === 0) {
    if (framework.executors.get(executor.id) === executor) framework.executors.delete(executor.id)
    keepExecutor(step, framework, executor.id)
    if (step.book.info.endpoint !== undefined) {
      step.turn.perform({ type: 'report', what: 'executorEnded', framework, executor })
    }
  }
  if (framework.executors.size === 0 && framework.tasks.size === 0) {
    step.book.frameworks.delete(framework.id)
    keepFramework(step, framework)
  }
  noteEmpty(step)
}
