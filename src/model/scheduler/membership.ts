import { MASTER, type OperationStatus } from '../../messages/index.ts'
import type { Failure, Registered, Reregistered } from '../../messages/lifecycle.ts'
import { backoff } from '../random.ts'
import { stateFor } from '../task-states.ts'
import type { CallOf, SchedulerStep } from './book.ts'

/**
 * The first try is made at once, each later one after a longer while, as Mesos' driver does; at
 * least half of the random while, so that a late answer is not taken for none.
 */
export function scheduleRegistration(step: SchedulerStep): void {
  const { book, turn } = step
  const { registrationBackoffMs, registrationBackoffMaxMs } = book.timeouts
  const attempt = book.registrationAttempts++
  const half = backoff(book, attempt, registrationBackoffMs, registrationBackoffMaxMs) / 2
  const least = Math.min(registrationBackoffMaxMs, registrationBackoffMs * 2 ** attempt) / 2
  const delay = attempt === 0 ? 0 : Math.max(1, least + half)
  turn.startTimer('registration', { type: 'registration.due' }, delay)
}

/** Joins; or comes back, when it had an id. */
export function register(step: SchedulerStep): void {
  const { book, turn } = step
  const suppressedRoles = [...book.suppressedRoles]
  book.untoldRoles.clear()
  const { frameworkId, info: framework } = book
  if (frameworkId === undefined) {
    turn.send(MASTER, { type: 'lifecycle.register', framework, suppressedRoles })
  } else {
    turn.send(MASTER, { type: 'lifecycle.reregister', frameworkId, framework, suppressedRoles })
  }
}

/** The master knows this framework. */
export function acceptRegistration(step: SchedulerStep, message: Registered | Reregistered): void {
  const { book, turn } = step
  book.frameworkId = message.frameworkId
  book.registrationAttempts = 0
  turn.perform({
    type: 'notify',
    notice: { type: 'registered', frameworkId: message.frameworkId },
  })
  expectHeartbeat(step)
  tellWishes(step)
}

/** Starts the wait for the next heartbeat anew. */
export function expectHeartbeat(step: SchedulerStep): void {
  step.turn.cancelTimer('silence')
  step.turn.startTimer('silence', { type: 'master.silent' }, 'masterSilenceMs')
}

/** The master is silent: every offer is void, and the scheduler registers again. */
export function loseMaster(step: SchedulerStep): void {
  disconnect(step, `no heartbeat for ${step.book.timeouts.masterSilenceMs} ms; registering again`)
}

/** The master does not know it, because it was started anew or believes that it is gone. */
export function loseMembership(step: SchedulerStep): void {
  step.turn.cancelTimer('silence')
  disconnect(step, 'the master does not know this framework any more; registering again')
}

/** The link to the master broke: the same, without the wait for heartbeats. */
export function loseLink(step: SchedulerStep): void {
  step.turn.cancelTimer('silence')
  disconnect(step, 'the link to the master broke; registering again')
}

function disconnect({ book, turn }: SchedulerStep, message: string): void {
  const offerIds = [...book.offers.keys()]
  book.offers.clear()
  if (offerIds.length > 0) {
    turn.perform({ type: 'notify', notice: { type: 'rescinded', offerIds } })
  }
  turn.perform({ type: 'notify', notice: { type: 'disconnected', message } })
}

/** Leaves for good. */
export function unregister(step: SchedulerStep): void {
  const { book, turn } = step
  turn.cancelTimer('silence')
  if (book.frameworkId === undefined) return
  turn.send(MASTER, { type: 'lifecycle.unregister', frameworkId: book.frameworkId })
}

/** The owner hears that this was the end. */
export function announceStop(step: SchedulerStep): void {
  step.turn.perform({ type: 'notify', notice: { type: 'stopped' } })
}

/** The owner hears why this was the end. */
export function announceFailure(step: SchedulerStep, { message }: { message: string }): void {
  step.turn.cancelTimer('silence')
  step.turn.perform({ type: 'notify', notice: { type: 'failed', message } })
}

/** A hint that an agent or executor with tasks of this framework is gone. */
export function passFailure(step: SchedulerStep, failure: Failure): void {
  step.turn.perform({ type: 'notify', notice: { type: 'failure', failure } })
}

const disconnected = 'the scheduler is not registered with a master'

/** A launch without a master never ran: said at once, as Mesos' driver does. */
export function dropLaunch(step: SchedulerStep, call: Pick<CallOf<'call.launch'>, 'tasks'>): void {
  const updates = call.tasks.map((task) => ({
    taskId: task.taskId,
    agentId: task.agentId,
    state: stateFor(step.book.info, 'TASK_DROPPED'),
    source: 'MASTER' as const,
    reason: 'MASTER_DISCONNECTED' as const,
    message: disconnected,
    timestampMs: step.turn.at,
  }))
  step.turn.perform({ type: 'notify', notice: { type: 'updates', updates } })
}

/** The same for everything that was to be done with offers. */
export function dropAccept(step: SchedulerStep, { operations }: CallOf<'call.accept'>): void {
  const updates: OperationStatus[] = []
  for (const operation of operations) {
    if ('tasks' in operation) dropLaunch(step, operation)
    else if (operation.operationId !== undefined) {
      const { operationId } = operation
      updates.push({ operationId, state: 'OPERATION_DROPPED', message: disconnected })
    }
  }
  if (updates.length === 0) return
  step.turn.perform({ type: 'notify', notice: { type: 'operations', updates } })
}

/** Wishes about offers outlive a lost master: they are part of the next registration. */
export function rememberSuppression(
  step: SchedulerStep,
  call: CallOf<'call.revive' | 'call.suppress'>,
): void {
  const { book } = step
  for (const role of call.roles ?? book.info.roles) {
    if (call.type === 'call.suppress') book.suppressedRoles.add(role)
    else book.suppressedRoles.delete(role)
  }
}

/** The registration that is under way does not say it, if it has been sent. */
export function keepWish(step: SchedulerStep, call: CallOf<'call.revive' | 'call.suppress'>): void {
  rememberSuppression(step, call)
  const { book } = step
  for (const role of call.roles ?? book.info.roles) book.untoldRoles.add(role)
}

/** What was wished for between the question and its answer. */
function tellWishes({ book, turn }: SchedulerStep): void {
  const untold = [...book.untoldRoles]
  const suppressed = untold.filter((role) => book.suppressedRoles.has(role))
  const revived = untold.filter((role) => !book.suppressedRoles.has(role))
  book.untoldRoles.clear()
  if (suppressed.length > 0) turn.send(MASTER, { type: 'allocation.suppress', roles: suppressed })
  if (revived.length > 0) turn.send(MASTER, { type: 'allocation.revive', roles: revived })
}
