import { MASTER } from '../../messages/index.ts'
import type { Property } from './property.ts'

/** As long as nothing went wrong at all, nobody can have been lost. */
export const nobodyGivenUpEarly: Property = {
  name: 'safety-nobody-given-up-early',
  promise: 'before the first fault, and while no ping and no answer is lost, no agent is given up',
  hears: [
    'fault',
    'lifecycle.failure',
    'lifecycle.ping',
    'lifecycle.pong',
    'lifecycle.exited',
    'lifecycle.reregisterAgent',
    'lifecycle.agentReregistered',
  ],
  observe: (_view, report) => {
    let isWell = true
    return {
      happened: (happening) => {
        if (happening.type === 'fault' || happening.type === 'lost') isWell = false
        if (!isWell || happening.type !== 'sent' || happening.envelope.from !== MASTER) return
        const { to, message } = happening.envelope
        if (message.type === 'lifecycle.failure' && message.executorId === undefined) {
          report(`${to} is told that ${message.agentId} is lost, and nothing has gone wrong`)
        }
      },
    }
  },
}
