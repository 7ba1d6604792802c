import type { TaskInfo } from '../../messages/index.ts'
import type { ExecutorRecord, FrameworkOnAgent } from './book.ts'
import type { AgentStep } from './step.ts'

/**
 * Gives tasks to an executor that has registered, in their order: those of a group together, as a
 * group, and single ones that follow each other as one batch.
 */
export function handOver(
  step: AgentStep,
  framework: FrameworkOnAgent,
  executor: ExecutorRecord,
  infos: readonly TaskInfo[],
): void {
  let batch: TaskInfo[] = []
  let group: string | undefined
  const send = (): void => {
    if (batch.length === 0) return
    const { address } = executor
    if (group === undefined) step.turn.send(address, { type: 'task.launch', tasks: batch })
    else step.turn.send(address, { type: 'task.launchGroup', tasks: batch })
  }
  for (const info of infos) {
    const ofTask = framework.tasks.get(info.taskId)?.group
    if (ofTask !== group) {
      send()
      batch = []
      group = ofTask
    }
    batch.push(info)
  }
  send()
  executor.isUsed = true
}
