import { and, cancel, not, raise, setup } from 'xstate'

type DoorEvent = {
  type: 'knock' | 'open' | 'close' | 'lock' | 'unlock' | 'hinge.oiled' | 'timedOut'
}

/** A door with a delayed event, guards, an ignored event and a final state. */
export const door = setup({
  types: { context: {} as { knocks: number }, events: {} as DoorEvent },
  actions: {
    startTimer: raise({ type: 'timedOut' }, { delay: 'patience', id: 'patience' }),
    cancelTimer: cancel('patience'),
    greet: () => {},
    count: () => {},
  },
  guards: { isPatient: ({ context }) => context.knocks < 3, isLocked: () => false },
  delays: { patience: 5_000 },
}).createMachine({
  id: 'door',
  context: { knocks: 0 },
  initial: 'closed',
  on: { '*': { actions: 'count' } },
  states: {
    closed: {
      description: 'Nobody is in the way.',
      entry: 'startTimer',
      exit: 'cancelTimer',
      tags: ['shut'],
      on: {
        knock: [{ guard: 'isPatient', actions: 'greet' }, { target: 'removed' }],
        open: { guard: and([not('isLocked'), 'isPatient']), target: 'open' },
        close: { description: 'It is closed already.' },
        timedOut: { target: 'removed', actions: ['greet', { type: 'count' }] },
      },
    },
    open: {
      description:
        'Somebody may be in the way, so that this text is far too long to stand as a note beside.',
      on: { close: 'closed', 'hinge.*': { actions: 'count' } },
    },
    removed: { type: 'final' },
  },
})

/** Two regions, a key that both of them use, keys that Mermaid reserves, and crossing arrows. */
export const plant = setup({
  types: { events: {} as { type: 'start' | 'stop' | 'fail' | 'swap' } },
}).createMachine({
  id: 'plant',
  type: 'parallel',
  states: {
    pump: {
      initial: 'idle',
      on: { fail: '.end' },
      states: {
        idle: { on: { start: 'TASK_RUNNING' } },
        TASK_RUNNING: { always: { guard: () => false, target: 'end' }, on: { stop: 'idle' } },
        end: { type: 'final' },
      },
      onDone: { target: '.idle' },
    },
    'valve-2': {
      initial: 'idle',
      on: { swap: { target: '#plant.valve-2', reenter: true } },
      states: {
        idle: { on: { start: 'half; "open"', stop: '#plant.pump.end' } },
        'half; "open"': {},
      },
    },
  },
})
