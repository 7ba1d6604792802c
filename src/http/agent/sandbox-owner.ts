import type { ActionObject } from '../security/authorizer.ts'
import { infoOf } from './picture.ts'
import type { AgentPorts } from './ports.ts'
import type { Owned } from './sandboxes.ts'

/**
 * What access lists judge a sandbox by: its framework and, as whom it runs, its executor; also when
 * both have ended (Mesos: src/slave/slave.cpp, authorizeSandboxAccess).
 */
export function ownerOf(ports: AgentPorts, { frameworkId, executorId }: Owned): ActionObject {
  const living = ports.book().frameworks.get(frameworkId)
  const gone = ports.past.frameworks.get(frameworkId)
  const framework = living?.info ?? gone?.info
  const record =
    living?.executors.get(executorId) ??
    [...(gone?.executors ?? [])].findLast(({ id }) => id === executorId)
  if (record === undefined) return { framework }
  const tasks = [...(living?.tasks.values() ?? [])].filter(({ executor }) => executor === record)
  return { framework, executor: infoOf(record, [...tasks, ...ports.past.tasksOf(record)]) }
}
