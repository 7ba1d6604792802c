import { MASTER, type Message } from '../../messages/index.ts'
import { answeredBy, OfferRegister, registerHears } from './offer-register.ts'
import type { Property } from './property.ts'

/** Judged by messages alone: the master's book is not asked. */
export const deadOffersNeverLaunch: Property = {
  name: 'safety-dead-offers-never-launch',
  promise: 'an offer that was rescinded, has expired, or was answered before never launches a task',
  hears: registerHears,
  observe: (_view, report) => {
    const register = new OfferRegister()
    const doomed = new Map<string, string>()
    return {
      happened: (happening) => {
        if (happening.type === 'delivered' && happening.envelope.to === MASTER) {
          const { message } = happening.envelope
          const dead = (answeredBy(message) ?? []).find((id) => isDead(register, id))
          if (dead !== undefined) {
            const how = register.endOf(dead) ?? 'unknown'
            for (const id of tasksOf(message))
              doomed.set(id, `offer ${dead}, which was ${how} before`)
          }
        }
        if (happening.type === 'sent' && happening.envelope.from === MASTER) {
          const { to, message } = happening.envelope
          if (!to.startsWith('agent/')) return register.note(happening)
          for (const id of tasksOf(message)) {
            const why = doomed.get(id)
            if (why !== undefined) report(`${id} is launched at ${to} on ${why}`)
          }
        }
        register.note(happening)
      },
    }
  },
}

function isDead(register: OfferRegister, id: string): boolean {
  return !register.knows(id) || register.endOf(id) !== undefined
}

function tasksOf(message: Message): string[] {
  if (message.type === 'task.launch') return message.tasks.map(({ taskId }) => taskId)
  if (message.type !== 'allocation.accept') return []
  return message.operations.flatMap((operation) =>
    operation.type === 'LAUNCH' ? operation.tasks.map(({ taskId }) => taskId) : [],
  )
}
