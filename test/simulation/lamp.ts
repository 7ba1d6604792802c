import { assign, cancel, raise, setup } from 'xstate'
import { type Path, runPath } from '../../src/simulation/paths.ts'

export type LampEvent =
  | { type: 'press'; hard: boolean }
  | { type: 'rest' }
  | { type: 'burnt' }
  | { type: 'wink' }
  | { type: 'unheard' }

/** Has guards, a raised and a delayed event, an eventless transition, a wildcard, an ignore. */
export const lamp = setup({
  types: {
    context: {} as { presses: number; strange: number },
    events: {} as LampEvent,
    input: {} as { presses?: number },
  },
  actions: {
    startRest: raise({ type: 'rest' }, { delay: 'restAfter', id: 'rest' }),
    cancelRest: cancel('rest'),
    wink: raise({ type: 'wink' }),
    countPress: assign({ presses: ({ context }) => context.presses + 1 }),
    countStrange: assign({ strange: ({ context }) => context.strange + 1 }),
  },
  guards: {
    isHard: ({ event }) => event.type === 'press' && event.hard,
    isWornOut: ({ context }) => context.presses >= 3,
  },
  delays: { restAfter: 1_000 },
}).createMachine({
  id: 'lamp',
  context: ({ input }) => ({ presses: input.presses ?? 0, strange: 0 }),
  initial: 'off',
  on: { '*': { actions: 'countStrange' } },
  states: {
    off: {
      on: {
        press: [
          { guard: 'isHard', target: 'broken' },
          { target: 'on', actions: ['countPress', 'wink'] },
        ],
        rest: { description: 'The timer was cancelled while its event was under way.' },
      },
    },
    on: {
      entry: 'startRest',
      exit: 'cancelRest',
      always: { guard: 'isWornOut', target: 'broken' },
      on: { press: 'off', rest: 'off', wink: { reenter: true, target: 'on' } },
    },
    broken: { type: 'final' },
  },
})

export const events: LampEvent[] = [
  { type: 'press', hard: false },
  { type: 'press', hard: true },
  { type: 'rest' },
  { type: 'burnt' },
]

export const input = {}
/** Leaves out the counter that would make the states endless. */
export const serializeState = ({
  value,
  context,
}: {
  value: unknown
  context: { presses: number }
}) => JSON.stringify([value, context.presses])

/** Replays paths of the lamp, one actor each, and gathers what they took. */
export function takenBy(paths: readonly Path[]): Set<string> {
  return new Set(paths.flatMap((path) => [...runPath(path, { machine: lamp, input })]))
}
