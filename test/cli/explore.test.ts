import { expect, test } from 'vitest'
import { explorationPage } from '../../src/cli/explore/page.ts'
import { mermaidWay, stepLine } from '../../src/cli/explore/sequence.ts'
import { Style } from '../../src/cli/view/style.ts'
import { exploreCluster } from '../../src/simulation/explore/explore-cluster.ts'
import type { ExploredStep } from '../../src/simulation/explore/steps.ts'
import { mesostate, refusal } from './harness.ts'

const tiny = ['--agents', '1', '--frameworks', '1', '--tasks', '1', '--faults', '0', '--walks', '2']

const way: ExploredStep[] = [
  { type: 'did', by: 'scheduler/framework-1', what: 'launches on M-O0' },
  {
    type: 'delivered',
    envelope: {
      from: 'scheduler/framework-1',
      to: 'master',
      message: { type: 'allocation.decline', offerIds: ['M-O0'] },
    },
  },
  {
    type: 'lost',
    envelope: {
      from: 'master',
      to: 'agent/agent-1',
      message: { type: 'lifecycle.ping', connected: true },
    },
  },
  { type: 'crashed', by: 'agent/agent-1', isNoticed: true },
]

test.concurrent('Explore: a small world is explored to its end, and the page says what it was', async () => {
  const { exitCode, stdout } = await mesostate(['explore', ...tiny])
  expect(exitCode).toBe(0)
  expect(stdout).toContain('1 agents, 1 frameworks, 1 tasks, all registered')
  expect(stdout).toMatch(/search +[\d,]+ worlds, which is all there are; [\d,]+ steps, \d+ deep/)
  expect(stdout).toMatch(/worlds a second, \d+ MB/)
  expect(stdout).toContain('no violation')
})

test.concurrent('Explore: --json tells of the search and how to repeat it', async () => {
  const { stdout } = await mesostate(['explore', '--json', '--max-states', '200', ...tiny])
  const { states, options, command, violation } = JSON.parse(stdout)
  expect(states).toBeGreaterThanOrEqual(200)
  expect(options).toMatchObject({ agents: 1, faults: 0, maxStates: 200 })
  expect(command).toBe(
    'mesostate explore --agents 1 --frameworks 1 --tasks 1 --faults 0 --max-states 200 --walks 2',
  )
  expect(violation).toBeUndefined()
})

test.concurrent('Explore: wrong options are usage errors', async () => {
  const agents = await mesostate(['explore', '--agents', '9'])
  expect([agents.exitCode, agents.stdout]).toEqual([2, ''])
  expect(agents.stderr).toContain('agents is 9; give a whole number from 1 to 4')
  const losses = await refusal(['explore', '--losses', 'some'])
  expect(losses).toContain('expected a whole number from 0')
})

test('Explore: a violation is told with the way there, step by step, and drawn', () => {
  const report = exploreCluster({ depth: 0, walks: 0, along: true })
  const violation = { property: 'safety-books-balance', sentence: 'a book is wrong', way }
  const effort = { wallMs: 10, memoryMb: 90 }
  const page = explorationPage({ ...report, violation }, effort, new Style(false))
  expect(page.slice(page.indexOf('') + 1)).toEqual([
    'safety-books-balance: a book is wrong',
    '',
    'again:   mesostate explore --along --depth 0 --walks 0',
    '',
    '1  framework-1  launches on M-O0',
    '2  framework-1 → master  decline O0',
    '3  master → agent-1  ping (lost)',
    '4  agent-1  crashes, and its link breaks',
  ])
  expect(mermaidWay(way).split('\n')).toEqual([
    'sequenceDiagram',
    '  participant p1 as framework-1',
    '  participant p2 as master',
    '  participant p3 as agent-1',
    '  note over p1: launches on M-O0',
    '  p1->>p2: decline O0',
    '  p2-xp3: ping',
    '  note over p3: crashes',
  ])
  expect(way.map(stepLine)).toHaveLength(4)
})
