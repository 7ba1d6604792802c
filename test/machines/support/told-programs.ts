import { agentMachine } from '../../../src/machines/agent.ts'
import type { TaskStatus } from '../../../src/messages/index.ts'
import { Stage } from './stage.ts'
import { frameworkId, told } from './universe-agent.ts'
import { launchProgram, programInput, registers } from './universe-agent-programs.ts'

export const effects = ['launchExecutor', 'destroyExecutor', 'createVolumes', 'destroyVolumes']
export const prog = `executor/a/${frameworkId}/prog`
export const podAddress = `executor/a/${frameworkId}/pod`

export function registered(): Stage {
  return new Stage(agentMachine, programInput, effects).tell(told.registered)
}

/** A program that has the task C1, which runs. */
export function working(): Stage {
  const stage = registered().tell(launchProgram('C1'), registers('prog'), update('TASK_RUNNING'))
  stage.said.length = 0
  return stage
}

export function update(state: string, rest: object = { executorId: 'prog' }) {
  const status = { taskId: 'C1', state, uuid: `U-${state}`, timestampMs: 0, source: 'EXECUTOR' }
  const updates = [{ ...status, ...rest }]
  return { type: 'task.update', from: prog, frameworkId, executorId: 'prog', updates }
}

/** What the agent told its master of tasks since the last look. */
export function reported(stage: Stage): TaskStatus[] {
  return stage
    .hear('task.update')
    .flatMap(({ updates }) => updates.flatMap((told) => ('status' in told ? [told.status] : [])))
}
