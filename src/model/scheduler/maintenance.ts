import type { InverseOfferMessage, RescindInverse } from '../../messages/allocation.ts'
import { MASTER } from '../../messages/index.ts'
import type { CallOf, SchedulerStep } from './book.ts'

/** Agents are to be worked on: the owner says whether it will have left them. */
export function passInverseOffers(step: SchedulerStep, message: InverseOfferMessage): void {
  const { inverseOffers: offers } = message
  step.turn.perform({ type: 'notify', notice: { type: 'inverseOffers', offers } })
}

/** Nobody waits for these answers any more. */
export function passInverseRescind(step: SchedulerStep, { inverseOfferIds }: RescindInverse): void {
  step.turn.perform({ type: 'notify', notice: { type: 'inverseRescinded', inverseOfferIds } })
}

/** The owner's answer. */
export function answerInverse(
  step: SchedulerStep,
  call: CallOf<'call.acceptInverse' | 'call.declineInverse'>,
): void {
  const { inverseOfferIds, filters } = call
  const type =
    call.type === 'call.acceptInverse' ? 'allocation.acceptInverse' : 'allocation.declineInverse'
  step.turn.send(MASTER, { type, inverseOfferIds, ...(filters !== undefined && { filters }) })
}
