import type { Offer } from '../../src/messages/index.ts'
import type { FakeScheduler } from './fake-scheduler.ts'
import type { Stage } from './stage.ts'

export interface DeclinerOptions {
  /** How long it thinks before it declines; by default not at all. */
  readonly thinksMs?: number
  /** By default it says nothing, which means five seconds. */
  readonly refuseSeconds?: number
}

/** A framework that has nothing to do and declines whatever it is offered. */
export function addDecliner(
  stage: Stage,
  name: string,
  { thinksMs = 0, refuseSeconds }: DeclinerOptions = {},
): FakeScheduler {
  const idle = stage.mailbox(`scheduler/${name}`)
  const filters = refuseSeconds === undefined ? undefined : { refuseSeconds }
  const decline = (offer: Offer): void => idle.decline(offer, filters)
  idle.answer = (offer) => {
    if (thinksMs === 0) decline(offer)
    else stage.clock.setTimer(() => decline(offer), thinksMs)
  }
  idle.say({ type: 'lifecycle.register', framework: { name, roles: [name] } })
  stage.settle()
  return idle
}
