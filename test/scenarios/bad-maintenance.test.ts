import { describe, expect, it } from 'vitest'
import { maintenanceStatusOf } from '../../src/cluster/snapshot.ts'
import type { MaintenanceWindow } from '../../src/messages/index.ts'
import { agentIn, agentOfTwo, type Question } from '../support/upkeep.ts'

const agent = 'agent-1'

function schedule(...windows: MaintenanceWindow[]) {
  return { type: 'lifecycle.updateMaintenanceSchedule', windows } as const
}
const down = (...machines: string[]) => ({ type: 'lifecycle.startMaintenance', machines }) as const
const up = (...machines: string[]) => ({ type: 'lifecycle.stopMaintenance', machines }) as const
const soon: MaintenanceWindow = { machines: [agent], startMs: 1_000_000, durationMs: 60_000 }

describe('Maintenance: what cannot be is refused, and nothing of it counts', () => {
  const windows: [string, MaintenanceWindow[], string][] = [
    [
      'a window without machines',
      [{ machines: [], startMs: 1 }],
      'maintenance window 1 names no machine',
    ],
    [
      'a machine without a name',
      [soon, { machines: [' '], startMs: 1 }],
      'maintenance window 2 has a machine without a name',
    ],
    [
      'a machine in two windows',
      [soon, { machines: ['AGENT-1'], startMs: 1 }],
      'the machine AGENT-1 is in the schedule twice',
    ],
    [
      'a machine twice in one window',
      [{ machines: ['a', 'a'], startMs: 1 }],
      'the machine a is in the schedule twice',
    ],
    [
      'a duration below zero',
      [{ ...soon, durationMs: -1 }],
      'maintenance window 1 takes -1 ms; give zero or more, or nothing when nobody knows',
    ],
    [
      'a machine that is down and not in it',
      [{ machines: ['agent-1'], startMs: 1 }],
      'the machine agent-2 is down and must stay in the schedule until it is up again',
    ],
  ]
  it.each(windows)('%s', (_what, wrong, sentence) => {
    const { stage, ask } = agentOfTwo()
    const before = { machines: ['agent-2'], startMs: 3 }
    ask(schedule(before))
    ask(down('agent-2'))
    const rest = sentence.includes('agent-2') ? [] : [before]
    expect(ask(schedule(...wrong, ...rest))).toBe(sentence)
    expect(stage.ledger.maintenance).toEqual({ windows: [before], down: ['agent-2'] })
  })

  const machines: [string, Question, string][] = [
    ['down: no machine', down(), 'no machine is named'],
    ['down: one nobody planned', down('x'), 'the machine x is not in the maintenance schedule'],
    ['down: one without a name', down(''), 'there is a machine without a name'],
    ['down: one twice', down('agent-1', 'AGENT-1'), 'the machine AGENT-1 is named twice'],
    ['down: one that is', down('agent-1', 'agent-2'), 'the machine agent-2 is down already'],
    ['up: one that is', up('agent-1'), 'the machine agent-1 is not down'],
    [
      'up: one nobody planned',
      up('agent-2', 'x'),
      'the machine x is not in the maintenance schedule',
    ],
    ['up: no machine', up(), 'no machine is named'],
  ]
  it.each(machines)('%s', (_what, question, sentence) => {
    const { stage, ask } = agentOfTwo()
    ask(schedule(soon, { machines: ['agent-2'], startMs: 3 }))
    ask(down('agent-2'))
    const before = stage.ledger.maintenance
    expect(ask(question)).toBe(sentence)
    expect(stage.ledger.maintenance).toEqual(before)
    expect(agentIn(stage).state).toBe('connected')
  })

  it('a machine that is down may change its window, and stays down', () => {
    const { stage, ask } = agentOfTwo()
    ask(schedule(soon))
    ask(down(agent))
    expect(ask(schedule({ ...soon, startMs: 9 }))).toBe('done')
    expect(maintenanceStatusOf(stage.ledger).down).toEqual([agent])
  })
})
