import { describe, expect, test } from 'vitest'
import { check, type Evidence } from '../../scripts/chaos/checker.js'

const agent = { hostname: 'one', cpus: 4, mem: 512 }

/** A run in which one task ended well, with these changes. */
function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    lines: [
      { type: 'registered', atMs: 0, frameworkId: 'F1' },
      launching,
      told(200, 'TASK_RUNNING'),
      told(300, 'TASK_FINISHED', 0),
    ],
    journals: new Map([['t1', [started(110), ended(250, 0)]]]),
    running: [],
    offered: [agent],
    agents: [agent],
    deadlineMs: 1_000,
    keepersKilledAtMs: [],
    ...changes,
  }
}

const launching = { type: 'launching', atMs: 100, taskId: 't1' }
const killing = { type: 'killing', atMs: 150, taskId: 't1' }

function told(atMs: number, state: string, exitCode?: number, taskId = 't1') {
  const status = { taskId, state, ...(exitCode !== undefined && { exitCode }) }
  return { type: 'told', atMs, status }
}

function started(atMs: number) {
  return { what: 'started' as const, value: 77, atMs }
}

function ended(atMs: number, code: number) {
  return { what: 'ended' as const, value: code, atMs }
}

function journal(...entries: ReturnType<typeof started | typeof ended>[]) {
  return new Map([['t1', entries]])
}

/** Each rule, with what happened in a run that breaks it alone. */
const breaches: Record<string, [rule: string, changes: Partial<Evidence>][]> = {
  'a task': [
    [
      'running means started',
      {
        lines: [launching, told(200, 'TASK_RUNNING'), told(300, 'TASK_GONE')],
        journals: journal(),
      },
    ],
    ['started at most once', { journals: journal(started(110), started(120), ended(250, 0)) }],
    ['one end', { lines: [launching, told(300, 'TASK_FINISHED', 0), told(400, 'TASK_FAILED')] }],
    [
      'one end',
      {
        lines: [launching, told(300, 'TASK_FAILED', 1), told(400, 'TASK_FAILED', 2)],
        journals: journal(started(110), ended(250, 1)),
      },
    ],
    [
      'the end is the end',
      { lines: [launching, told(300, 'TASK_FINISHED', 0), told(400, 'TASK_RUNNING')] },
    ],
    [
      'no step back',
      {
        lines: [
          ...[launching, told(200, 'TASK_RUNNING'), told(210, 'TASK_STAGING')],
          told(300, 'TASK_FINISHED', 0),
        ],
      },
    ],
    ['every task ends', { lines: [launching, told(200, 'TASK_RUNNING')] }],
    ['every task ends', { deadlineMs: 299 }],
    ['the exit code is true', { journals: journal(started(110), ended(250, 3)) }],
    ['the exit code is true', { journals: journal(started(110)) }],
    ['the exit code is true', { lines: [launching, told(300, 'TASK_FAILED', 1)] }],
    ['the exit code is true', { lines: [launching, told(300, 'TASK_FAILED')] }],
    [
      'killed means asked',
      { lines: [launching, told(300, 'TASK_KILLED')], journals: journal(started(110)) },
    ],
    [
      'dropped means never started',
      { lines: [launching, told(300, 'TASK_DROPPED')], journals: journal(started(110)) },
    ],
    ['lost means ended', { lines: [launching, told(300, 'TASK_GONE')] }],
    [
      'lost means ended',
      {
        lines: [launching, told(300, 'TASK_LOST')],
        journals: journal(started(110), ended(9_000, 0)),
      },
    ],
    ['nothing unasked', { lines: [] }],
  ],
  'what is left': [
    ['no process is left', { running: [{ pid: 77, value: 'mark:t1' }] }],
    ['the books balance', { offered: [] }],
    ['the books balance', { offered: [{ ...agent, cpus: 3 }] }],
    ['the books balance', { offered: [agent, agent] }],
    ['the books balance', { offered: [agent, { ...agent, hostname: 'two' }] }],
    [
      'one framework',
      {
        lines: [...evidence().lines, { type: 'registered', atMs: 500, frameworkId: 'F2' }],
      },
    ],
    [
      'one framework',
      { lines: [...evidence().lines, { type: 'failed', atMs: 500, message: 'refused' }] },
    ],
  ],
}

describe('Chaos: the checker', () => {
  test('a run in which nothing was lost has no violation', () => {
    expect(check(evidence())).toEqual([])
  })

  test('a task that was killed may end in any way, and before it could write anything', () => {
    const ends = [told(300, 'TASK_KILLED'), told(300, 'TASK_FAILED')]
    for (const end of ends) {
      for (const entries of [[], [started(110)], [started(110), ended(290, 99)]]) {
        const lines = [launching, killing, told(200, 'TASK_RUNNING'), end]
        expect(check(evidence({ lines, journals: journal(...entries) }))).toEqual([])
      }
    }
  })

  test('what never started may be dropped or gone, and words may be repeated', () => {
    for (const state of ['TASK_DROPPED', 'TASK_GONE']) {
      const lines = [launching, told(300, state), told(400, state)]
      expect(check(evidence({ lines, journals: new Map() }))).toEqual([])
    }
    const lines = [launching, told(300, 'TASK_FINISHED'), told(400, 'TASK_FINISHED', 0)]
    expect(check(evidence({ lines }))).toEqual([])
  })

  test('how a task ended may be unknown when its keeper was killed, but not told wrongly', () => {
    const lines = [launching, told(300, 'TASK_FAILED')]
    const rules = (changes: Partial<Evidence>) => check(evidence(changes)).map(({ rule }) => rule)
    expect(rules({ lines, keepersKilledAtMs: [200] })).toEqual([])
    for (const atMs of [99, 301]) {
      expect(rules({ lines, keepersKilledAtMs: [atMs] })).toEqual(['the exit code is true'])
    }
    const wrong = [launching, told(300, 'TASK_FAILED', 5)]
    expect(rules({ lines: wrong, keepersKilledAtMs: [200] })).toEqual(['the exit code is true'])
  })

  for (const [of, cases] of Object.entries(breaches)) {
    for (const [index, [rule, changes]] of cases.entries()) {
      test(`the ${index + 1}. doctored record of ${of} breaks the rule: ${rule}`, () => {
        const found = check(evidence(changes))
        expect(found.map((violation) => violation.rule)).toEqual([rule])
      })
    }
  }
})
