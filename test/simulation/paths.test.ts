import { describe, expect, test } from 'vitest'
import { assign, setup } from 'xstate'
import {
  coverage,
  expectFullCoverage,
  runPath,
  transitionPaths,
  transitionsOf,
} from '../../src/simulation/paths.ts'
import { events, input, lamp, serializeState, takenBy } from './lamp.ts'

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
