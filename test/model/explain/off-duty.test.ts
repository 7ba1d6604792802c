import { describe, expect, test } from 'vitest'
import { ConstraintCompiler } from '../../../src/model/allocation/constraints.ts'
import { drfPolicy } from '../../../src/model/allocation/policies.ts'
import { explainDemand } from '../../../src/model/explain/demand.ts'
import { setMaintenance } from '../../../src/model/ledger/maintenance.ts'
import type { DutyRecord } from '../../../src/model/ledger/records.ts'
import { Pool } from '../../support/pool.ts'

/** A pool with agents of one cpu in these states. */
function poolOf(...duties: DutyRecord['state'][]): Pool {
  const pool = new Pool()
  pool.framework('f')
  pool.framework('g')
  for (const [index, state] of duties.entries()) {
    pool.agent(`a${index + 1}`, { cpus: 1 }).duty.state = state
  }
  return pool
}

/** Why `f` waits for so many cpus, at a time. */
function why({ ledger }: Pool, cpus = 1, at = 0): string {
  const framework = ledger.frameworks.get('f')
  if (framework === undefined) throw new Error('f is not in the pool')
  const context = { ledger, policy: drfPolicy, compiler: new ConstraintCompiler(), at }
  return explainDemand(context, { framework, role: 'f', resources: { cpus: cpus * 1_000 } })
}

describe('Explained: an operator keeps agents back', () => {
  test.each<[DutyRecord['state'][], string]>([
    [['deactivated'], 'it has to wait for an operator: agent a1 is deactivated'],
    [['draining'], 'it has to wait for an operator: agent a1 is being drained'],
    [
      ['drained', 'deactivated', 'drained'],
      'it has to wait for an operator: agent a1 is drained, and 2 more are not offered',
    ],
    [['drained', 'active'], 'there is room: an offer is due'],
  ])('agents that are %s', (duties, sentence) => {
    expect(why(poolOf(...duties))).toBe(sentence)
  })

  test('but not the one that is left, which somebody else has', () => {
    const pool = poolOf('drained', 'active')
    pool.give({ to: 'g', on: 'a2', resources: { cpus: 1 } })
    expect(why(pool)).toBe('a2 is offered to g at the moment')
  })
})

describe('Explained: machines are in maintenance', () => {
  const window = { machines: ['A1'], startMs: 100, durationMs: 50 }
  test.each([
    ['before the window', 99, 'there is room: an offer is due'],
    [
      'in the window',
      100,
      'the agents that have room for it (a1) are being worked on, by the maintenance schedule',
    ],
    ['after the window', 150, 'there is room: an offer is due'],
  ])('%s', (_when, at, sentence) => {
    const pool = poolOf('active')
    setMaintenance(pool.ledger, { windows: [window], down: [] })
    expect(why(pool, 1, at)).toBe(sentence)
  })

  test('in a window without an end, for as long as it is planned', () => {
    const pool = poolOf('active')
    setMaintenance(pool.ledger, { windows: [{ machines: ['a1'], startMs: 100 }], down: [] })
    expect(why(pool, 1, 1e12)).toMatch(/are being worked on/)
  })

  test.each([
    [['b1'], 'no agent is connected; b1 is down for maintenance'],
    [['b1', 'b2', 'b3'], 'no agent is connected; b1 and 2 more are down for maintenance'],
  ])('down: %j', (down, sentence) => {
    const pool = poolOf()
    setMaintenance(pool.ledger, { windows: [{ machines: down, startMs: 1 }], down })
    expect(why(pool)).toBe(sentence)
  })

  test('down, with an agent that is too small', () => {
    const pool = poolOf('active')
    setMaintenance(pool.ledger, { windows: [{ machines: ['b1'], startMs: 1 }], down: ['b1'] })
    expect(why(pool, 2)).toBe(
      'it needs 2 cpus, the largest agent has 1; b1 is down for maintenance',
    )
  })
})
