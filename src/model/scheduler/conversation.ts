import type { OfferMessage, OperationUpdate, Rescind } from '../../messages/allocation.ts'
import { MASTER } from '../../messages/index.ts'
import type { MessageToScheduler, Update } from '../../messages/task.ts'
import { isTerminal } from '../task-states.ts'
import type { CallOf, SchedulerStep } from './book.ts'
import { rememberSuppression } from './membership.ts'
import { isAmong, remember } from './recent.ts'
import { agentOf, answerQuestions, noteLaunched, noteStates } from './reconciliation.ts'

/** New offers: the owner decides. */
export function passOffers(step: SchedulerStep, { offers }: OfferMessage): void {
  for (const offer of offers) step.book.offers.set(offer.offerId, offer.agentId)
  step.turn.perform({ type: 'notify', notice: { type: 'offers', offers } })
}

/** Offers that are void; those already answered are no news. */
export function passRescind(step: SchedulerStep, message: Rescind): void {
  const offerIds = message.offerIds.filter((id) => step.book.offers.delete(id))
  if (offerIds.length > 0) {
    step.turn.perform({ type: 'notify', notice: { type: 'rescinded', offerIds } })
  }
}

/**
 * New states of tasks: shown to the owner once, and acknowledged after the owner has seen them;
 * a repeated one is only acknowledged. An answer to a question may be older than the end of its
 * task, or come from a master that has forgotten it since.
 */
export function passUpdates(step: SchedulerStep, message: Update): void {
  const { book, turn } = step
  const acknowledgements: { taskId: string; agentId: string; uuid: string }[] = []
  const updates = message.updates.filter(({ taskId, agentId, state, uuid }) => {
    if (uuid === undefined || agentId === undefined) return !isAmong(book.ended, taskId)
    acknowledgements.push({ taskId, agentId, uuid })
    if (isTerminal(state)) remember(book.ended, taskId)
    return remember(book.seen, uuid)
  })
  noteStates(step, updates)
  answerQuestions(step, message.updates)
  if (updates.length > 0) turn.perform({ type: 'notify', notice: { type: 'updates', updates } })
  if (acknowledgements.length > 0) turn.send(MASTER, { type: 'task.acknowledge', acknowledgements })
}

/** What became of operations. */
export function passOperations(step: SchedulerStep, { updates }: OperationUpdate): void {
  step.turn.perform({ type: 'notify', notice: { type: 'operations', updates } })
}

export function accept(step: SchedulerStep, call: CallOf<'call.accept'>): void {
  const { offerIds, operations, filters } = call
  for (const id of offerIds) step.book.offers.delete(id)
  for (const operation of operations) {
    if ('tasks' in operation) noteLaunched(step.book, operation.tasks)
  }
  step.turn.send(MASTER, {
    type: 'allocation.accept',
    offerIds,
    operations,
    ...(filters !== undefined && { filters }),
  })
}

export function launch(step: SchedulerStep, call: CallOf<'call.launch'>): void {
  const { offerIds, tasks, filters } = call
  for (const id of offerIds) step.book.offers.delete(id)
  noteLaunched(step.book, tasks)
  step.turn.send(MASTER, {
    type: 'task.launch',
    offerIds,
    tasks,
    ...(filters !== undefined && { filters }),
  })
}

export function decline(step: SchedulerStep, call: CallOf<'call.decline'>): void {
  const { offerIds, filters } = call
  for (const id of offerIds) step.book.offers.delete(id)
  step.turn.send(MASTER, {
    type: 'allocation.decline',
    offerIds,
    ...(filters !== undefined && { filters }),
  })
}

export function revive(step: SchedulerStep, call: CallOf<'call.revive' | 'call.suppress'>): void {
  rememberSuppression(step, call)
  const { roles } = call
  step.turn.send(MASTER, { type: 'allocation.revive', ...(roles !== undefined && { roles }) })
}

export function suppress(step: SchedulerStep, call: CallOf<'call.revive' | 'call.suppress'>): void {
  rememberSuppression(step, call)
  const { roles } = call
  step.turn.send(MASTER, { type: 'allocation.suppress', ...(roles !== undefined && { roles }) })
}

export function request(step: SchedulerStep, { requests }: CallOf<'call.request'>): void {
  step.turn.send(MASTER, { type: 'allocation.request', requests })
}

/** With the agent, where it is known: of a task that it has forgotten the master can say more. */
export function kill({ book, turn }: SchedulerStep, call: CallOf<'call.kill'>): void {
  const kills = call.kills.map((each) => {
    const agentId = each.agentId ?? agentOf(book, each.taskId)
    return agentId === undefined ? each : { ...each, agentId }
  })
  turn.send(MASTER, { type: 'task.kill', kills })
}

/** An executor says something that only its owner understands. */
export function passMessage(step: SchedulerStep, message: MessageToScheduler): void {
  const { agentId, executorId, data } = message
  step.turn.perform({ type: 'notify', notice: { type: 'message', agentId, executorId, data } })
}

export function sendMessage(step: SchedulerStep, call: CallOf<'call.message'>): void {
  const { agentId, executorId, data } = call
  step.turn.send(MASTER, { type: 'task.message', agentId, executorId, data })
}

export function shutDownExecutor(step: SchedulerStep, call: CallOf<'call.shutdownExecutor'>): void {
  const { agentId, executorId } = call
  step.turn.send(MASTER, { type: 'lifecycle.shutdownExecutor', agentId, executorId })
}
