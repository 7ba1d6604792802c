import { describe, expect, test } from 'vitest'
import { createMachine, setup } from 'xstate'
import { toJson, toMermaid } from '../../../src/machines/support/mermaid.ts'
import { door, plant } from './charts.ts'

/** The few forms of lines that a drawing consists of. */
const FORMS = [
  /^stateDiagram-v2$/,
  /^(?:state (?:"[^"]+" as )?\w+ \{|\})$/,
  /^(?:\w+|state "[^"]+" as \w+)$/,
  /^\w+ : [^:\n]+$/,
  /^(?:\w+|\[\*\]) --> (?:\w+|\[\*\])(?: : [^:\n]+)?$/,
  /^--$/,
  /^note right of \w+$/,
  /^end note$/,
]

/** Lines outside of notes that have none of the forms, and braces without a partner. */
function oddLines(drawing: string): string[] {
  const lines = drawing
    .replaceAll(/^ *note right[\s\S]*?end note\n/gm, '')
    .trimEnd()
    .split('\n')
  const odd = lines.map((line) => line.trim()).filter((line) => !FORMS.some((f) => f.test(line)))
  const open = lines.filter((line) => line.endsWith('{')).length
  const closed = lines.filter((line) => line.trim() === '}').length
  return open === closed ? odd : [...odd, `${open} states are opened, ${closed} are closed`]
}

describe('toMermaid', () => {
  test('a flat chart with guards, a delayed event, an ignored event and a final state', () => {
    expect(toMermaid(door)).toMatchInlineSnapshot(`
      "stateDiagram-v2
        state door {
          state "closed" as closed
          closed : entry / startTimer
          closed : exit / cancelTimer
          closed : knock [isPatient] / greet
          note right of closed
            Nobody is in the way.
          end note
          state "open" as open
          open : hinge.* / count
          removed
          [*] --> closed
          closed --> removed : knock
          closed --> open : open [!isLocked && isPatient]
          closed --> removed : timedOut (after patience) / greet, count
          open --> closed : close
          removed --> [*]
        }
        note right of door
          * / count
        end note
      "
    `)
  })

  test('regions, equal keys, reserved words, odd signs and arrows across borders', () => {
    expect(toMermaid(plant)).toMatchInlineSnapshot(`
      "stateDiagram-v2
        state plant {
          state pump {
            state "idle" as pump_idle
            TASK_RUNNING
            state "end" as end_
            [*] --> pump_idle
            pump_idle --> TASK_RUNNING : start
            TASK_RUNNING --> pump_idle : stop
            TASK_RUNNING --> end_ : [(inline)]
            end_ --> [*]
          }
          --
          state "valve-2" as valve_2 {
            state "idle" as valve_2_idle
            state "half#59; #34;open#34;" as half___open_
            [*] --> valve_2_idle
            valve_2_idle --> half___open_ : start
          }
          valve_2 --> valve_2 : swap
        }
        pump --> end_ : fail
        pump --> pump_idle : done
        valve_2_idle --> end_ : stop
      "
    `)
  })

  test.each([door, plant])('every line of $id has a form that Mermaid knows', (machine) => {
    expect(oddLines(toMermaid(machine))).toEqual([])
  })

  test('signs and words that Mermaid would read as its own are escaped', () => {
    const keys = ['root', 'end', 'note', 'a:b', 'a;b', '#1', '{', '}', '"', '--', '[*]', 'x_start']
    const states = Object.fromEntries(
      keys.map((key) => [key, { description: `${key} {}`, on: { [`${key};:"`]: 'end' } }]),
    )
    const drawing = toMermaid(setup({}).createMachine({ id: 'odd', initial: 'end', states }))
    expect(oddLines(drawing)).toEqual([])
    const ids = [...drawing.matchAll(/^ {2}(?:state ".*" as )?(\w+)$/gm)].map((match) => match[1])
    expect(ids).toEqual([
      'root_',
      'end_',
      'note_',
      'a_b',
      'a_b_',
      '_1',
      '_',
      '__',
      '___',
      '____',
      '_____',
      'x_start_',
    ])
  })

  test('an atomic machine is drawn as one state', () => {
    const echo = setup({ actions: { answer: () => {} } }).createMachine({
      id: 'echo',
      on: { call: { actions: 'answer' } },
    })
    expect(toMermaid(echo)).toBe(
      'stateDiagram-v2\n  state "echo" as echo\n  echo : call / answer\n',
    )
  })

  test('what is written inline is shown as such instead of being left out', () => {
    const blurred = setup({}).createMachine({
      id: 'blurred',
      initial: 'a',
      states: { a: { on: { go: { guard: () => true, actions: () => {}, target: 'b' } } }, b: {} },
    })
    expect(toMermaid(blurred)).toContain('a --> b : go [(inline)] / (inline)')
  })
})

describe('toJson', () => {
  test('states, named parts, descriptions, tags and delays are plain data in order', () => {
    const json = toJson(door)
    expect(JSON.parse(JSON.stringify(json))).toEqual(json)
    expect(Object.keys(json.states ?? {})).toEqual(['closed', 'open', 'removed'])
    expect(json.delays).toEqual(['patience'])
    expect(json.states?.closed).toEqual({
      id: 'door.closed',
      type: 'atomic',
      description: 'Nobody is in the way.',
      tags: ['shut'],
      entry: [{ type: 'startTimer' }],
      exit: [{ type: 'cancelTimer' }],
      on: {
        knock: [
          { guard: { type: 'isPatient' }, actions: [{ type: 'greet' }] },
          { target: ['#door.removed'] },
        ],
        open: [{ target: ['#door.open'], guard: { type: '!isLocked && isPatient' } }],
        close: [{ description: 'It is closed already.' }],
        timedOut: [{ target: ['#door.removed'], actions: [{ type: 'greet' }, { type: 'count' }] }],
      },
    })
  })

  test('params stay when they are data and are left out when they are code', () => {
    const marking = setup({
      types: { events: {} as { type: 'go' } },
      actions: { mark: (_, _params: { name: string }) => {} },
    }).createMachine({
      entry: { type: 'mark', params: { name: 'begun' } },
      exit: { type: 'mark', params: ({ event }) => ({ name: event.type }) },
    })
    const { entry, exit } = toJson(marking)
    expect(entry).toEqual([{ type: 'mark', params: { name: 'begun' } }])
    expect(exit).toEqual([{ type: 'mark' }])
  })

  test.each([door, plant])('XState builds the same chart of $id from it again', (machine) => {
    const json = toJson(machine)
    const { delays: _, ...again } = toJson(createMachine(JSON.parse(JSON.stringify(json))))
    const { delays: __, ...before } = json
    expect(again).toEqual(before)
  })
})
