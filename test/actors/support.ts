import { setup } from 'xstate'
import { Host, type HostOptions } from '../../src/actors/host.ts'
import { Inspection } from '../../src/actors/inspection.ts'
import { Role } from '../../src/actors/role.ts'
import { VirtualClock } from '../../src/actors/virtual-clock.ts'
import { effects } from '../../src/machines/support/decide.ts'
import type { Envelope, Message } from '../../src/messages/index.ts'
import type { Mark } from '../../src/model/turn.ts'
import { MemoryTransport } from '../../src/transports/memory.ts'

type Event =
  | { type: 'say'; to: string; message: Message; at?: number }
  | { type: 'do'; what: string; at?: number }
  | { type: 'wait'; ms: number; at?: number }
  | { type: 'rang'; at?: number }
  | { type: 'task.kill'; from: string; kills: { taskId: string }[]; at?: number }
  | { type: 'keep'; key: string; at?: number }
  | { type: 'wonder'; at?: number }
  | { type: 'break'; at?: number }
  | { type: 'end'; at?: number }

/** A small actor that does what it is told, one thing of each kind that a role can do. */
const parrot = setup({
  types: {
    context: {} as { heard: { type: string; at: number | undefined }[] },
    events: {} as Event,
    input: {} as object,
  },
  actions: {
    ...effects,
    act: (_: unknown, _params: { what: string }) => {},
    note: ({ context, event }) => {
      context.heard.push({ type: event.type, at: event.at })
    },
    crash: () => {
      throw new Error('the parrot is broken')
    },
  },
}).createMachine({
  id: 'parrot',
  context: () => ({ heard: [] }),
  initial: 'alive',
  states: {
    alive: {
      entry: { type: 'mark', params: { name: 'parrot.began', detail: 'it lives' } },
      on: {
        say: { actions: ['note', { type: 'send', params: ({ event }) => event }] },
        do: { actions: ['note', { type: 'act', params: ({ event }) => event }] },
        keep: {
          actions: ['note', { type: 'persist', params: ({ event: { key } }) => ({ keys: [key] }) }],
        },
        'task.kill': { actions: 'note' },
        wonder: { actions: { type: 'mark', params: { name: 'parrot.wonders', detail: 'why?' } } },
        break: { actions: ['note', 'crash'] },
        end: 'gone',
        wait: 'waiting',
      },
    },
    waiting: {
      after: { 1000: { target: 'alive', actions: 'note' } },
      on: { end: 'gone' },
    },
    gone: { type: 'final' },
  },
})

/** Hosts parrots, and keeps what reaches the mailboxes of a test. */
export function aviary() {
  const clock = new VirtualClock(5_000)
  const transport = new MemoryTransport({ clock })
  const inspection = new Inspection()
  const role = new Role(parrot, ['act'], clock)
  const marks: Mark[] = []
  const done: string[] = []
  const host = (address: string, more: Partial<HostOptions> = {}): Host =>
    new Host({
      role,
      address,
      input: {},
      clock,
      transport,
      inspection,
      onMark: (mark) => marks.push(mark),
      perform: (type, params) => done.push(`${type} ${whatOf(params)}`),
      ...more,
    })
  const mailbox = (address: string): Envelope[] => {
    const heard: Envelope[] = []
    transport.subscribe(address, (envelopes) => heard.push(...envelopes))
    return heard
  }
  return { clock, transport, inspection, role, marks, done, host, mailbox }
}

function whatOf(params: unknown): string {
  if (typeof params !== 'object' || params === null || !('what' in params)) return 'nothing'
  return String(params.what)
}

export function killOf(...taskIds: string[]): Message {
  return { type: 'task.kill', kills: taskIds.map((taskId) => ({ taskId })) }
}
