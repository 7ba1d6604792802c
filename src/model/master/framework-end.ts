import type { Unregister } from '../../messages/lifecycle.ts'
import type { Teardown } from '../../messages/maintenance.ts'
import { completedFrameworksMax, type Ledger } from '../ledger/ledger.ts'
import type { FrameworkRecord } from '../ledger/records.ts'
import { dropClient } from '../ledger/roles.ts'
import { forgetAbandonedOf } from './abandoned.ts'
import { dropExecutorsOf } from './executors.ts'
import { leaveAddress, moveFramework } from './framework-state.ts'
import { withdrawInverseOffers } from './inverse-offers.ts'
import { keepHistory } from './keep.ts'
import { discardOffers } from './offers.ts'
import { endTask, report } from './reports.ts'
import { confirmCall, refuseCall } from './settings.ts'
import { callingFramework, type From, type MasterStep, wantAllocation } from './step.ts'

/** How frameworks come to their end: everything of theirs is killed. */

/** A scheduler leaves for good. */
export function unregisterFramework(step: MasterStep, call: From<Unregister>): void {
  const framework = callingFramework(step, call.from)
  if (framework?.id === call.frameworkId) removeFramework(step, framework, 'framework.removed')
}

/** An operator ends a framework. */
export function tearDown(step: MasterStep, call: From<Teardown>): void {
  const framework = step.book.frameworks.get(call.frameworkId)
  if (framework === undefined) {
    return refuseCall(step, call, `there is no framework ${call.frameworkId}`)
  }
  // A scheduler that hears nothing would wait for offers until it misses the heartbeats.
  step.turn.send(framework.address, {
    type: 'lifecycle.error',
    message: 'an operator has ended the framework',
  })
  removeFramework(step, framework, 'framework.removed')
  confirmCall(step, call)
}

/** Nobody came back in time. */
export function expireFailover(step: MasterStep, { frameworkId }: { frameworkId: string }): void {
  const framework = step.book.frameworks.get(frameworkId)
  if (framework !== undefined) removeFramework(step, framework, 'framework.failoverExpired')
}

function removeFramework(
  step: MasterStep,
  framework: FrameworkRecord,
  happening: 'framework.removed' | 'framework.failoverExpired',
): void {
  const { book, turn } = step
  if (!moveFramework(step, framework, happening)) return
  discardOffers(step, framework.offers)
  withdrawInverseOffers(step, ({ frameworkId }) => frameworkId === framework.id)
  for (const task of [...framework.tasks.values()]) {
    task.state = 'TASK_KILLED'
    endTask(step, task)
  }
  forgetAbandonedOf(step, framework.id)
  dropExecutorsOf(step, framework)
  for (const agent of book.agents.values()) {
    if (agent.state !== 'connected') continue
    turn.send(agent.address, { type: 'lifecycle.shutdownFramework', frameworkId: framework.id })
  }
  leaveAddress(book, framework)
  for (const client of framework.clients.values()) dropClient(book, client)
  book.frameworks.delete(framework.id)
  rememberCompleted(book, framework.id)
  keepHistory(step)
  const { id: frameworkId, info } = framework
  report(step, { type: 'frameworkRemoved', frameworkId, info })
  wantAllocation(step)
}

function rememberCompleted(ledger: Ledger, frameworkId: string): void {
  ledger.completedFrameworks.push(frameworkId)
  if (ledger.completedFrameworks.length > completedFrameworksMax) ledger.completedFrameworks.shift()
}
