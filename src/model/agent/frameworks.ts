import type { FrameworkInfo } from '../../messages/index.ts'
import type { ShutdownFramework, UpdateFramework } from '../../messages/lifecycle.ts'
import type { AgentBook, FrameworkOnAgent } from './book.ts'
import { collect } from './collect.ts'
import { shutDownExecutor } from './executors.ts'
import { keepFramework, keepTask } from './keep.ts'
import type { AgentStep } from './step.ts'
import { closeStream, repeatWaiting } from './streams.ts'

/** The framework as this agent knows it, made on first sight; its description is the latest. */
export function frameworkOf(step: AgentStep, id: string, info: FrameworkInfo): FrameworkOnAgent {
  const known = step.book.frameworks.get(id)
  if (known !== undefined) {
    describeAs(step, known, info)
    return known
  }
  const framework = addFramework(step.book, id, info)
  keepFramework(step, framework)
  return framework
}

/** A framework that is not on this agent yet; what was kept of it is to be kept up to date. */
export function addFramework(
  book: AgentBook,
  id: string,
  info: FrameworkInfo,
  wasKept = false,
): FrameworkOnAgent {
  const framework: FrameworkOnAgent = {
    id,
    info,
    isKept: wasKept || info.checkpoint !== false,
    executors: new Map(),
    tasks: new Map(),
    completed: new Map(),
    terminating: false,
  }
  book.frameworks.set(id, framework)
  return framework
}

/** Every launch describes the framework; what is the same need not be kept again. */
function describeAs(step: AgentStep, framework: FrameworkOnAgent, info: FrameworkInfo): void {
  const before = framework.info
  framework.info = info
  if (!step.book.durable || before === info) return
  if (JSON.stringify(before) !== JSON.stringify(info)) keepFramework(step, framework)
}

/** Its scheduler registered again, perhaps as another instance: what it waits for goes at once. */
export function updateFramework(step: AgentStep, message: UpdateFramework): void {
  const framework = step.book.frameworks.get(message.frameworkId)
  if (framework === undefined) return
  describeAs(step, framework, message.framework)
  repeatWaiting(step, framework)
}

/** The framework is gone: its executors are ended, and nobody is told. */
export function shutDownFramework(step: AgentStep, { frameworkId }: ShutdownFramework): void {
  const framework = step.book.frameworks.get(frameworkId)
  if (framework !== undefined) endFramework(step, framework)
}

/** The agent ends: all frameworks on it with it, within the grace given if that is shorter. */
export function endAllFrameworks(step: AgentStep, { graceMs }: { graceMs?: number }): void {
  for (const framework of [...step.book.frameworks.values()]) {
    endFramework(step, framework, graceMs)
  }
}

/** Ends what it has here; nobody is told of its tasks any more. */
export function endFramework(step: AgentStep, framework: FrameworkOnAgent, graceMs?: number): void {
  framework.terminating = true
  for (const [taskId, task] of framework.tasks) {
    closeStream(step, framework, task)
    keepTask(step, framework, taskId)
  }
  framework.tasks.clear()
  for (const executor of [...framework.executors.values()]) {
    executor.unreported = 0
    shutDownExecutor(step, executor, graceMs)
    collect(step, framework, executor)
  }
  collect(step, framework, undefined)
}
