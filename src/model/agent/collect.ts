import type { AgentBook, ExecutorRecord, FrameworkOnAgent } from './book.ts'
import { noteEmpty } from './drain-words.ts'

/** Forgets an executor that ended and whose tasks are all reported, and a framework without any. */
export function collect(
  book: AgentBook,
  framework: FrameworkOnAgent,
  executor: ExecutorRecord | undefined,
): void {
  if (executor?.state === 'terminated' && executor.unreported === 0) {
    if (framework.executors.get(executor.id) === executor) framework.executors.delete(executor.id)
  }
  if (framework.executors.size === 0 && framework.tasks.size === 0) {
    book.frameworks.delete(framework.id)
  }
  noteEmpty(book)
}
