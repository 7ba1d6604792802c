import type { TaskStatus } from '../../messages/index.ts'
import { MASTER, type Message } from '../../messages/index.ts'
import type { Happening } from '../happenings.ts'
import { rogueAddress } from '../world/rogue.ts'
import { answeredBy, OfferRegister, registerHears } from './offer-register.ts'
import type { Hears, Sometimes } from './property.ts'

type Test = (happening: Happening) => boolean

/** Something that can be seen in a single happening. */
function seen(
  name: string,
  when: string,
  hears: Hears | undefined,
  test: Test,
  needs: readonly string[] = [],
): Sometimes {
  return { name: `sometimes-${name}`, when, needs, ...(hears && { hears }), watch: () => test }
}

function fault(kind: string, when: string): Sometimes {
  const test: Test = (happening) => happening.type === 'fault' && happening.kind === kind
  return seen(kind, when, ['fault'], test, [kind])
}

function told(name: string, when: string, test: (status: TaskStatus) => boolean, needs?: string[]) {
  return seen(name, when, ['task.update'], (one) => updatesIn(one).some(test), needs)
}

function heard(name: string, when: string, type: Message['type'], needs?: string[]): Sometimes {
  const test: Test = (happening) =>
    happening.type === 'delivered' && happening.envelope.message.type === type
  return seen(name, when, [type], test, needs)
}

/** The states that a scheduler hears of. */
function updatesIn(happening: Happening): TaskStatus[] {
  if (happening.type !== 'delivered') return []
  const { to, message } = happening.envelope
  if (message.type !== 'task.update' || !to.startsWith('scheduler/')) return []
  return message.updates.flatMap((update) => ('status' in update ? [] : [update]))
}

/** An answer that crosses with the end of its offer. */
const lateAnswer: Sometimes = {
  name: 'sometimes-late-answer',
  when: 'a scheduler answers an offer that is over',
  hears: registerHears,
  watch: () => {
    const register = new OfferRegister()
    return (happening) => {
      const isAnswer = happening.type === 'delivered' && happening.envelope.to === MASTER
      const ids = isAnswer ? answeredBy(happening.envelope.message) : undefined
      const isLate = ids?.some((id) => register.endOf(id) !== undefined) ?? false
      register.note(happening)
      return isLate
    }
  },
}

/** An update that was sent again, because nobody had acknowledged it. */
const repeatedUpdate: Sometimes = {
  name: 'sometimes-repeated-update',
  when: 'an agent repeats an update that nobody acknowledged',
  hears: ['task.update'],
  needs: ['loss', 'partition', 'scheduler-crash'],
  watch: () => {
    const uuids = new Set<string>()
    return (happening) => {
      if (happening.type !== 'sent') return false
      const { message } = happening.envelope
      if (message.type !== 'task.update' || !('agentId' in message)) return false
      return message.updates.some(({ status: { uuid = '' } }) => {
        const isRepeated = uuids.has(uuid)
        uuids.add(uuid)
        return isRepeated
      })
    }
  },
}

const cutOff = ['loss', 'partition', 'agent-crash']

const isQuestion: Test = (one) =>
  one.type === 'delivered' &&
  one.envelope.message.type === 'lifecycle.error' &&
  one.envelope.message.isForgotten === true

const isLie: Test = (one) => one.type === 'delivered' && one.envelope.from === rogueAddress

const isLostByChance: Test = (one) => one.type === 'lost' && one.why === 'chance'

/** What must happen now and then, or the properties watched nothing. */
export const sometimes: readonly Sometimes[] = [
  fault('partition', 'the network between the master and somebody is cut'),
  fault('link', 'a connection breaks'),
  fault('pause', 'a process stands still'),
  fault('slow', 'a process takes long for everything'),
  fault('scheduler-crash', 'a scheduler dies'),
  fault('agent-crash', 'a machine loses power'),
  fault('agent-loss', 'a machine loses its disk'),
  fault('agent-restart', 'the process of an agent dies'),
  fault('master-crash', 'the master dies, and its registry does not'),
  fault('master-loss', 'the master dies, with all that it knew'),
  fault('executor-crash', 'an executor breaks'),
  seen('loss', 'chance takes a message', undefined, isLostByChance, ['loss']),
  heard('declined', 'an offer is declined', 'allocation.decline'),
  heard('rescinded', 'an offer is rescinded or expires', 'allocation.rescind'),
  heard('suppressed', 'a framework wants no offers for a while', 'allocation.suppress'),
  heard('revived', 'a framework wants offers again', 'allocation.revive'),
  heard('killed', 'a framework ends a task', 'task.kill'),
  heard('reconciled', 'a framework asks what became of its tasks', 'task.reconcile'),
  heard('failed-over', 'a scheduler comes back under its id', 'lifecycle.reregister', [
    'scheduler-crash',
  ]),
  heard('agent-returned', 'an agent comes back under its id', 'lifecycle.reregisterAgent', cutOff),
  told('failed', 'a task fails', ({ state }) => state === 'TASK_FAILED'),
  told('lost', 'a task is lost', ({ state }) => state === 'TASK_LOST', cutOff),
  told('dropped', 'a task is dropped before it runs', ({ state }) => state === 'TASK_DROPPED'),
  seen('forgotten', 'the master asks who that is', ['lifecycle.error'], isQuestion, [
    'master-crash',
    'master-loss',
    'link',
  ]),
  seen('lied', 'a scheduler launches what it must not', ['task.launch'], isLie, ['rogue']),
  lateAnswer,
  repeatedUpdate,
]
