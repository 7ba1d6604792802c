import type { MasterMessage } from '../../src/messages/envelope.ts'
import type { FrameworkInfo, Message } from '../../src/messages/index.ts'
import type { AgentRecord } from '../../src/model/ledger/records.ts'
import { commandOn, type FakeScheduler } from './fake-scheduler.ts'
import { Stage } from './stage.ts'

/** What an operator of a stage asks of the master, without its number. */
export type Question = Extract<
  MasterMessage,
  {
    type:
      | 'lifecycle.drainAgent'
      | 'lifecycle.deactivateAgent'
      | 'lifecycle.reactivateAgent'
      | 'lifecycle.markAgentGone'
      | 'lifecycle.updateMaintenanceSchedule'
      | 'lifecycle.startMaintenance'
      | 'lifecycle.stopMaintenance'
  }
>

/** An operator who asks one thing after the other, and hears `done` or why not. */
export function operatorOf(stage: Stage): (question: Question) => string {
  const mailbox = stage.mailbox('operator')
  let requests = 0
  return (question) => {
    const requestId = `${++requests}`
    mailbox.say({ ...question, requestId })
    stage.settle()
    const isAnswer = (message: { requestId: string }) => message.requestId === requestId
    if (mailbox.heard('lifecycle.updated').some(isAnswer)) return 'done'
    return mailbox.heard('lifecycle.refused').find(isAnswer)?.message ?? 'nothing was answered'
  }
}

export const aware: Partial<FrameworkInfo> = { capabilities: ['PARTITION_AWARE'] }
export const unaware: Partial<FrameworkInfo> = { capabilities: [] }

/** The agent agent-1, with a task A1 of an aware framework and a task U1 of an unaware one. */
export function agentOfTwo(): {
  stage: Stage
  ask: (question: Question) => string
  first: FakeScheduler
  second: FakeScheduler
} {
  const stage = new Stage()
  stage.agent('agent-1', { cpus: 4, mem: 4_096 })
  const [first, second] = [
    withTask(stage, 'aware', aware, 'A1'),
    withTask(stage, 'unaware', unaware, 'U1'),
  ]
  return { stage, ask: operatorOf(stage), first, second }
}

function withTask(stage: Stage, name: string, info: Partial<FrameworkInfo>, taskId: string) {
  const scheduler = stage.scheduler(name, info)
  const { offer } = scheduler
  const task = commandOn(offer, taskId, { cpus: 1, mem: 512 })
  scheduler.launch(offer, [{ ...task, killPolicy: { gracePeriodMs: 20_000 } }], {
    refuseSeconds: 5,
  })
  stage.settle()
  if (scheduler.states(taskId).at(-1) !== 'TASK_RUNNING') throw new Error(`${taskId} does not run`)
  return scheduler
}

/** The one agent of this name that is in the book. */
export function agentIn(stage: Stage, hostname = 'agent-1'): AgentRecord {
  const [agent, other] = [...stage.ledger.agents.values()].filter(
    ({ info }) => info.hostname === hostname,
  )
  if (agent === undefined || other !== undefined) throw new Error(`not one agent ${hostname}`)
  return agent
}

/** The last thing it heard of a task: `TASK_KILLED AGENT_DRAINING MASTER`. */
export function lastWord(scheduler: FakeScheduler, taskId: string): string {
  const { state, reason = '', source = '' } = scheduler.updates(taskId).at(-1) ?? {}
  return [state, reason, source].join(' ')
}

/** What was said to an agent, by type. */
export function toldTo(stage: Stage, address: string): Message['type'][] {
  return stage.log.envelopes.filter(({ to }) => to === address).map(({ message }) => message.type)
}
