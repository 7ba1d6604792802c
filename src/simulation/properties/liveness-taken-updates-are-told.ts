import { type Envelope, MASTER } from '../../messages/index.ts'
import { rogueAddress } from '../world/rogue.ts'
import type { Property } from './property.ts'

const deaths: ReadonlySet<string> = new Set(['agent-crash', 'agent-restart'])

interface Taken {
  readonly hostname: string
  readonly taskId: string
  readonly uuids: Set<string>
  /** Its agent died since, and the next one has not said a word of the task. */
  isOwed: boolean
}

/**
 * An executor forgets an update when its agent acknowledges it, so the agent must not. Judged by
 * messages, for frameworks that outlive agents, on machines whose disk lives.
 */
export const takenUpdatesAreTold: Property = {
  name: 'liveness-taken-updates-are-told',
  promise:
    'what an agent took from an executor, and no scheduler acknowledged, its next life tells as well',
  hears: ['task.launch', 'task.update', 'task.acknowledge', 'lifecycle.shutdownFramework', 'fault'],
  observe: (view, report) => {
    const tasks = new Map<string, Taken>()
    const lasting = new Set<string>()
    /** Told and acknowledged: an executor may repeat one of them, and is answered once more. */
    const settled = new Set<string>()
    const take = (hostname: string, frameworkId: string, taskId: string, uuid: string): void => {
      if (settled.has(uuid)) return
      const key = `${hostname} ${frameworkId} ${taskId}`
      const taken = tasks.get(key) ?? { hostname, taskId, uuids: new Set(), isOwed: false }
      taken.uuids.add(uuid)
      tasks.set(key, taken)
    }
    const said = ({ from, to, message }: Envelope): void => {
      if (to === MASTER && message.type === 'task.update' && 'agentId' in message) {
        for (const { frameworkId, status } of message.updates) {
          const taken = tasks.get(`${hostIn(from)} ${frameworkId} ${status.taskId}`)
          if (taken !== undefined) taken.isOwed = false
        }
      }
      if (!to.startsWith('executor/') || message.type !== 'task.acknowledge') return
      const [, hostname = '', frameworkId = ''] = to.split('/')
      if (!lasting.has(frameworkId)) return
      for (const { taskId, uuid } of message.acknowledgements) {
        take(hostname, frameworkId, taskId, uuid)
      }
    }
    const heard = ({ to, message }: Envelope): void => {
      if (!to.startsWith('agent/') || !('frameworkId' in message)) return
      const key = `${hostIn(to)} ${message.frameworkId} `
      if (message.type === 'task.launch' && 'framework' in message) {
        const { checkpoint, name } = message.framework
        if (checkpoint !== false && !rogueAddress.endsWith(name)) lasting.add(message.frameworkId)
      } else if (message.type === 'task.acknowledge') {
        for (const { taskId, uuid } of message.acknowledgements) {
          settled.add(uuid)
          const taken = tasks.get(key + taskId)
          if (taken?.uuids.delete(uuid) && taken.uuids.size === 0) tasks.delete(key + taskId)
        }
      } else if (message.type === 'lifecycle.shutdownFramework') {
        for (const one of tasks.keys()) if (one.startsWith(key)) tasks.delete(one)
      }
    }
    const died = (hostname: string, isRemembering: boolean): void => {
      for (const [key, taken] of tasks) {
        if (taken.hostname !== hostname) continue
        if (isRemembering) taken.isOwed = true
        else tasks.delete(key)
      }
    }
    return {
      happened: (happening) => {
        if (happening.type === 'sent') said(happening.envelope)
        if (happening.type === 'delivered') heard(happening.envelope)
        if (happening.type !== 'fault' || !happening.kind.startsWith('agent-')) return
        const { kind, detail } = happening
        const machine = view.machines.find(({ hostname }) => hostname === detail)
        died(detail, deaths.has(kind) && machine?.hasDisk === true)
      },
      ended: () => {
        for (const { hostname, taskId, isOwed } of tasks.values()) {
          if (isOwed)
            report(`${hostname} has forgotten what it took from the executor of ${taskId}`)
        }
      },
    }
  },
}

function hostIn(address: string): string {
  return address.slice('agent/'.length)
}
