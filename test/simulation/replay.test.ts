import { describe, expect, test } from 'vitest'
import { SimulatedClock, setup } from 'xstate'
import {
  expectFullCoverage,
  type Path,
  runPath,
  transitionPaths,
  transitionsOf,
} from '../../src/simulation/paths.ts'
import { events, input, lamp, serializeState, takenBy } from './lamp.ts'

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
