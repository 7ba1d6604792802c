import { expect, test } from 'vitest'
import { Waiting } from '../../../src/cli/running/waiting.ts'
import type { WaitingExplanation } from '../../../src/cluster/explain.ts'

const shape: WaitingExplanation = {
  framework: 'ads',
  role: 'ads',
  count: 1,
  jobs: ['train-1'],
  demand: { cpus: 1 },
  queuedAtMs: 0,
  why: '',
}

/** Waiting jobs on a clock that the test sets. */
function onlooker() {
  const seen = { now: 0, looks: 0, lookMs: 0, waiting: [shape] }
  const waiting = new Waiting({
    now: () => seen.now,
    explain: () => {
      seen.looks++
      seen.now += seen.lookMs
      return { policy: 'drf', roles: [], frameworks: [], waiting: seen.waiting }
    },
  })
  const at = (now: number, why: string, count = 1) => {
    seen.now = now
    seen.waiting = [{ ...shape, why, count }]
    return waiting.news().map((one) => `${one.who}: ${one.why}`)
  }
  return { seen, waiting, at }
}

test('Waiting: it is told once after five seconds, and again when the kind of reason changes', () => {
  const { at } = onlooker()
  expect(at(4_900, 'it needs 1 cpu on one agent, none is free')).toEqual([])
  expect(at(5_100, 'it needs 1 cpu on one agent, none is free')).toEqual([
    'ads/train-1 waits: it needs 1 cpu on one agent, none is free',
  ])
  expect(at(6_200, 'it needs 1 cpu on one agent, the most that is free is 0.5 on a')).toEqual([])
  expect(at(7_300, 'the quota of ads is used up: 4 of 4 cpus taken', 3)).toEqual([
    'ads/train-1 and 2 more wait: the quota of ads is used up: 4 of 4 cpus taken',
  ])
  expect(at(8_400, 'it needs 1 cpu on one agent, none is free')).toEqual([])
})

test('Waiting: jobs of which one was started in the last seconds are just in a queue', () => {
  const { at, waiting, seen } = onlooker()
  seen.now = 4_000
  waiting.noteStart('ads', { cpus: 1 })
  expect(at(8_000, 'none is free')).toEqual([])
  expect(at(9_100, 'none is free')).toEqual(['ads/train-1 waits: none is free'])
})

test('Waiting: however often it is asked, the cluster has to explain itself but rarely', () => {
  const { seen, waiting } = onlooker()
  seen.now = 5_100
  for (let asked = 0; asked < 10; asked++) waiting.all()
  expect(seen.looks).toBe(1)
  seen.lookMs = 200
  seen.now = 6_200
  for (let asked = 0; asked < 10; asked++) waiting.all()
  seen.now = 10_000
  waiting.all()
  expect(seen.looks).toBe(2)
})
