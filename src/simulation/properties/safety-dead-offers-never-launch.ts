import { type Envelope, MASTER, type Message } from '../../messages/index.ts'
import { answeredBy, OfferRegister, registerHears } from './offer-register.ts'
import type { Property } from './property.ts'

/** Judged by messages alone: the master's book is not asked. */
export const deadOffersNeverLaunch: Property = {
  name: 'safety-dead-offers-never-launch',
  promise:
    'an offer of somebody else, or one that was rescinded, has expired, or was answered before, never launches a task',
  hears: [...registerHears, 'lifecycle.registered', 'lifecycle.reregistered'],
  observe: (_view, report) => {
    const register = new OfferRegister()
    const frameworkAt = new Map<string, string>()
    /** Launches that the master may relay, and those that it must not. */
    const granted = new Set<string>()
    const doomed = new Map<string, string>()
    const heard = ({ from, message }: Envelope): void => {
      const dead = (answeredBy(message) ?? []).find((id) => register.whyDead(id, from))
      for (const taskId of tasksOf(message)) {
        const key = `${frameworkAt.get(from)}/${taskId}`
        if (dead === undefined) granted.add(key)
        else doomed.set(key, `offer ${dead}, which was ${register.whyDead(dead, from)} before`)
      }
    }
    const said = ({ to, message }: Envelope): void => {
      if ('frameworkId' in message && isRegistration(message)) {
        frameworkAt.set(to, message.frameworkId)
      }
      if (!to.startsWith('agent/') || !('frameworkId' in message)) return
      for (const taskId of tasksOf(message)) {
        const key = `${message.frameworkId}/${taskId}`
        const why = doomed.get(key)
        if (!granted.delete(key) && why !== undefined)
          report(`${taskId} is launched at ${to} on ${why}`)
      }
    }
    return {
      happened: (happening) => {
        if (happening.type === 'delivered' && happening.envelope.to === MASTER) {
          heard(happening.envelope)
        }
        if (happening.type === 'sent' && happening.envelope.from === MASTER) {
          said(happening.envelope)
        }
        register.note(happening)
      },
    }
  },
}

function isRegistration({ type }: Message): boolean {
  return type === 'lifecycle.registered' || type === 'lifecycle.reregistered'
}

function tasksOf(message: Message): string[] {
  if (message.type === 'task.launch') return message.tasks.map(({ taskId }) => taskId)
  if (message.type !== 'allocation.accept') return []
  return message.operations.flatMap((operation) =>
    operation.type === 'LAUNCH' ? operation.tasks.map(({ taskId }) => taskId) : [],
  )
}
