import { describe, expect, it } from 'vitest'
import { WireError } from '../../../src/http/wire/json.ts'
import { readMachines, readSchedule, writeSchedule } from '../../../src/http/wire/maintenance.ts'

describe('A maintenance schedule', () => {
  const json = {
    windows: [
      {
        machine_ids: [{ hostname: 'a' }, { hostname: 'b' }],
        unavailability: { start: { nanoseconds: 1e15 }, duration: { nanoseconds: 3.6e12 } },
      },
      { machine_ids: [], unavailability: { start: { nanoseconds: 0 } } },
    ],
  }
  const windows = [
    { machines: ['a', 'b'], startMs: 1e9, durationMs: 3.6e6 },
    { machines: [], startMs: 0 },
  ]

  it('is read', () => {
    expect(readSchedule(json, 'schedule')).toEqual(windows)
    expect(readSchedule({}, 'schedule')).toEqual([])
  })

  it('is written', () => {
    expect(writeSchedule(windows)).toEqual(json)
  })

  it('names machines by host, or by address', () => {
    expect(readMachines([{ hostname: 'a', ip: '1.2.3.4' }, { ip: '1.2.3.4' }], 'm')).toEqual([
      'a',
      '1.2.3.4',
    ])
    expect(() => readMachines([{}], 'm')).toThrow('m[0] has neither a hostname nor an ip')
  })

  it.each<[string, unknown, string]>([
    ['object', [], 'schedule is a list'],
    ['time', { windows: [{}] }, 'schedule.windows[0].unavailability is missing'],
    ['start', { windows: [{ unavailability: {} }] }, 'unavailability.start is missing'],
  ])('needs an %s', (_what, value, sentence) => {
    expect(() => readSchedule(value, 'schedule')).toThrow(WireError)
    expect(() => readSchedule(value, 'schedule')).toThrow(sentence)
  })
})
