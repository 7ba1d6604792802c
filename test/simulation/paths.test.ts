import { describe, expect, test } from 'vitest'
import { assign, cancel, raise, SimulatedClock, setup } from 'xstate'
import {
  coverage,
  expectFullCoverage,
  type Path,
  runPath,
  transitionPaths,
  transitionsOf,
} from '../../src/simulation/paths.ts'

type LampEvent =
  | { type: 'press'; hard: boolean }
  | { type: 'rest' }
  | { type: 'burnt' }
  | { type: 'wink' }
  | { type: 'unheard' }

/** Has guards, a raised and a delayed event, an eventless transition, a wildcard, an ignore. */
const lamp = setup({
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

const events: LampEvent[] = [
  { type: 'press', hard: false },
  { type: 'press', hard: true },
  { type: 'rest' },
  { type: 'burnt' },
]

const input = {}
/** Leaves out the counter that would make the states endless. */
const serializeState = ({ value, context }: { value: unknown; context: { presses: number } }) =>
  JSON.stringify([value, context.presses])

function takenBy(paths: readonly Path[]): Set<string> {
  return new Set(paths.flatMap((path) => [...runPath(path, { machine: lamp, input })]))
}

describe('transitionsOf', () => {
  test('every transition has an id that tells source, event, place and target', () => {
    expect(transitionsOf(lamp).map(({ id }) => id)).toEqual([
      '#lamp --*[0]--> (stays)',
      '#lamp.off --press[0]--> broken',
      '#lamp.off --press[1]--> on',
      '#lamp.off --rest[0]--> (ignored)',
      '#lamp.on --press[0]--> off',
      '#lamp.on --rest[0]--> off',
      '#lamp.on --wink[0]--> on',
      '#lamp.on --always[0]--> broken',
    ])
  })

  test('a machine with other implementations has the same ids', () => {
    const provided = lamp.provide({ guards: { isHard: () => false } })
    expect(transitionsOf(provided)).toEqual(transitionsOf(lamp))
  })
})

describe('transitionPaths', () => {
  test('together the paths take every transition of a chart, on the real actor', () => {
    const paths = transitionPaths(lamp, { events, input, serializeState })
    const taken = takenBy(paths)
    expect(coverage(lamp, taken)).toEqual({ total: 8, covered: 8, missing: [] })
    expectFullCoverage(lamp, taken)
  })

  test('paths are few and short: one walk takes several transitions', () => {
    const paths = transitionPaths(lamp, { events, input, serializeState })
    expect(paths.map((path) => path.description)).toMatchInlineSnapshot(`
      [
        "reaches broken by press, press, press",
        "reaches broken by rest, burnt, press, rest, press, press, press",
      ]
    `)
    expect(paths.flatMap((path) => path.takes).sort()).toEqual(
      transitionsOf(lamp)
        .map(({ id }) => id)
        .sort(),
    )
  })

  test('the same chart and events give the same paths', () => {
    const once = transitionPaths(lamp, { events, input, serializeState })
    expect(transitionPaths(lamp, { events, input, serializeState })).toEqual(once)
  })

  test('maxSteps cuts long walks into more paths that still take everything', () => {
    const paths = transitionPaths(lamp, { events, input, serializeState, maxSteps: 2 })
    const long = transitionPaths(lamp, { events, input, serializeState })
    expect(paths.length).toBeGreaterThan(long.length)
    expectFullCoverage(lamp, takenBy(paths))
  })

  test('input decides where the exploration begins', () => {
    const worn = transitionPaths(lamp, { events, input: { presses: 2 }, serializeState })
    expect(Math.max(...worn.map((path) => path.steps.length))).toBeLessThan(
      Math.max(
        ...transitionPaths(lamp, { events, input, serializeState }).map((p) => p.steps.length),
      ),
    )
  })

  test('events may depend on the state, and a filter may refuse them', () => {
    const pressing = transitionPaths(lamp, {
      events: (snapshot) => (snapshot.matches('off') ? events : []),
      filterEvents: (_snapshot, event) => event.type === 'press',
      input,
      serializeState,
    })
    const types = pressing.flatMap((path) => path.steps.map((step) => step.event.type))
    expect(new Set(types)).toEqual(new Set(['press']))
    expect(coverage(lamp, takenBy(pressing)).missing).toContain('#lamp.on --press[0]--> off')
  })

  test('a state space without end is given up with advice', () => {
    expect(() => transitionPaths(lamp, { events, input, limit: 200 })).toThrow(
      'The exploration of lamp did not end within 200 steps',
    )
  })

  test('maps and sets in the context tell states apart', () => {
    const collector = setup({
      types: { context: {} as { seen: Set<string> }, events: {} as { type: 'a' | 'b' } },
    }).createMachine({
      id: 'collector',
      context: { seen: new Set() },
      initial: 'open',
      states: {
        open: {
          always: { guard: ({ context }) => context.seen.size === 2, target: 'full' },
          on: {
            '*': {
              actions: assign({
                seen: ({ context, event }) => new Set(context.seen).add(event.type),
              }),
            },
          },
        },
        full: { type: 'final' },
      },
    })
    const paths = transitionPaths(collector, { events: [{ type: 'a' }, { type: 'b' }] })
    const taken = paths.flatMap((path) => [...runPath(path, { machine: collector })])
    expectFullCoverage(collector, taken)
  })

  test('a guard that throws is reported with the state and the event', () => {
    const faulty = lamp.provide({
      guards: {
        isHard: () => {
          throw new Error('no such thing')
        },
      },
    })
    expect(() => transitionPaths(faulty, { events, input, serializeState })).toThrow(
      /lamp failed in "off" on .*"type":"press".*no such thing/s,
    )
  })

  test('a chart with after, which createTestModel refuses, is explored as well', () => {
    const toaster = setup({ types: { events: {} as { type: 'push' } } }).createMachine({
      id: 'toaster',
      initial: 'empty',
      states: { empty: { on: { push: 'toasting' } }, toasting: { after: { 100: 'empty' } } },
    })
    const popped = 'xstate.after.100.toaster.toasting'
    const paths = transitionPaths(toaster, { events: [{ type: 'push' }, { type: popped }] })
    const taken = paths.flatMap((path) => [...runPath(path, { machine: toaster })])
    expectFullCoverage(toaster, taken)
  })

  test('transitions of parallel regions, of their parents and at the start are taken', () => {
    const twins = setup({
      types: { events: {} as { type: 'go' | 'halt' } },
    }).createMachine({
      id: 'twins',
      type: 'parallel',
      on: { halt: '.left.waiting' },
      states: {
        left: {
          initial: 'fresh',
          states: {
            fresh: { always: 'waiting' },
            waiting: { on: { go: 'gone' } },
            gone: { type: 'final' },
          },
        },
        right: {
          initial: 'waiting',
          states: { waiting: { on: { go: 'gone' } }, gone: {} },
          onDone: {},
        },
      },
    })
    const paths = transitionPaths(twins, { events: [{ type: 'go' }, { type: 'halt' }] })
    const taken = paths.flatMap((path) => [...runPath(path, { machine: twins })])
    expect(coverage(twins, taken).missing).toEqual([
      '#twins.right --xstate.done.state.twins.right[0]--> (stays)',
    ])
    expect(paths[0]?.takes[0]).toBe('#twins.left.fresh --always[0]--> waiting')
  })
})

describe('expectFullCoverage', () => {
  test('a transition that the events leave out is reported in a sentence', () => {
    const fewer = events.filter((event) => event.type !== 'burnt')
    const taken = takenBy(transitionPaths(lamp, { events: fewer, input, serializeState }))
    expect(() => expectFullCoverage(lamp, taken)).toThrow(
      'lamp has 8 transitions, and 1 of them were never taken:\n' +
        '- No path sends an event that nothing else handles to #lamp: #lamp --*[0]--> (stays)',
    )
  })

  test('a guard that never holds is named in the report', () => {
    const soft = events.filter((event) => event.type !== 'press' || !event.hard)
    const taken = takenBy(transitionPaths(lamp, { events: soft, input, serializeState }))
    expect(() => expectFullCoverage(lamp, taken)).toThrow(
      '- No path sends press to #lamp.off while isHard is true: #lamp.off --press[0]--> broken',
    )
  })

  test('leaving out any one taken transition is noticed', () => {
    const taken = takenBy(transitionPaths(lamp, { events, input, serializeState }))
    for (const { id } of transitionsOf(lamp)) {
      const others = [...taken].filter((other) => other !== id)
      expect(() => expectFullCoverage(lamp, others)).toThrow(id)
    }
  })

  test('a transition may be listed as unreachable with a reason, until it is taken', () => {
    const taken = takenBy(transitionPaths(lamp, { events, input, serializeState }))
    const wildcard = '#lamp --*[0]--> (stays)'
    const reasons = { [wildcard]: 'Nobody sends such events.' }
    const others = [...taken].filter((id) => id !== wildcard)
    expect(() => expectFullCoverage(lamp, others, reasons)).not.toThrow()
    expect(() => expectFullCoverage(lamp, taken, reasons)).toThrow(
      `${wildcard} is listed as unreachable, but it was taken or does not exist.`,
    )
  })
})

describe('runPath', () => {
  const toOn: Pick<Path, 'description' | 'startValue' | 'steps'> = {
    description: 'on',
    startValue: 'off',
    steps: [{ event: { type: 'press' }, expectedValue: 'on' }],
  }

  test('an actor in another state than the path says is reported with the step', () => {
    const machine = lamp.provide({ guards: { isHard: () => true } })
    expect(() => runPath(toOn, { machine, input })).toThrow(
      'Path "on", step 1 of 1, after {"type":"press"}: ' +
        'the actor is in broken, but the path expects on.',
    )
  })

  test('an actor that starts elsewhere is reported', () => {
    expect(() => runPath({ ...toOn, startValue: 'on' }, { machine: lamp, input })).toThrow(
      'Path "on", at the start: the actor is in off, but the path expects on.',
    )
  })

  test('an action that throws fails the path instead of the process', () => {
    const machine = lamp.provide({
      actions: {
        countPress: () => {
          throw new Error('out of paper')
        },
      },
    })
    expect(() => runPath(toOn, { machine, input })).toThrow(/the actor failed: .*out of paper/)
  })

  test('actions that the caller provides are run', () => {
    let winks = 0
    const machine = lamp.provide({
      actions: {
        wink: () => {
          winks += 1
        },
      },
    })
    runPath(toOn, { machine, input })
    expect(winks).toBe(1)
  })

  test('without a clock timers never fire; with one they fire when it says so', () => {
    const clock = new SimulatedClock()
    const replay = (waitMs: number) =>
      runPath(toOn, {
        machine: lamp,
        input,
        clock,
        start: (actor) => {
          actor.subscribe(({ value }) => {
            if (value === 'on') clock.increment(waitMs)
          })
          actor.start()
        },
      })
    expect(replay(999)).toEqual(runPath(toOn, { machine: lamp, input }))
    expect(() => replay(1_000)).toThrow('the actor is in off, but the path expects on.')
  })

  test('events are stamped in exploration and in replay', () => {
    const punctual = setup({
      types: { events: {} as { type: 'come'; at?: number } },
      guards: { isStamped: ({ event }) => event.at === 7 },
    }).createMachine({
      id: 'punctual',
      initial: 'away',
      states: { away: { on: { come: { guard: 'isStamped', target: 'here' } } }, here: {} },
    })
    const stamp = (event: { type: 'come' }) => ({ ...event, at: 7 })
    const options = { events: [{ type: 'come' as const }], stamp }
    const paths = transitionPaths(punctual, options)
    expect(paths.map((path) => path.steps.map((step) => step.event))).toEqual([[{ type: 'come' }]])
    const taken = paths.flatMap((path) => [...runPath(path, { machine: punctual, stamp })])
    expectFullCoverage(punctual, taken)
    expect(transitionPaths(punctual, { events: options.events })[0]?.steps).toEqual([])
  })
})
