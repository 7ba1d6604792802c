import { expect, test } from 'vitest'
import { failureLines, runPage } from '../../src/cli/simulate/page.ts'
import { mermaidSequence, worthShowing } from '../../src/cli/simulate/sequence.ts'
import { Style } from '../../src/cli/view/style.ts'
import { simulate } from '../../src/simulation/simulate.ts'
import { mesostate, refusal } from './harness.ts'

const small = ['--agents', '1', '--frameworks', '2', '--tasks', '4', '--safety', '30s']
const plain = new Style(false)

test.concurrent('Simulate: a run says what it was, and the same command prints the same hash', async () => {
  const args = ['simulate', '--seed', '3', '--faults', 'heavy', ...small]
  const [once, again] = await Promise.all([mesostate(args), mesostate(args)])
  expect(once.exitCode).toBe(0)
  expect(once.stdout).toContain('seed 3, 1 agents, 2 frameworks, 4 tasks, faults heavy')
  expect(once.stdout).toContain('4 of 4 ended')
  expect(once.stdout).toContain('no violation')
  const hash = /trace +([0-9a-f]{64})/
  expect(hash.exec(once.stdout)?.[1]).toBe(hash.exec(again.stdout)?.[1])
})

test.concurrent('Simulate: many seeds are counted, and --json tells of each', async () => {
  const [page, json] = await Promise.all([
    mesostate(['simulate', '--seeds', '1..3', ...small]),
    mesostate(['simulate', '--seeds', '1..3', '--json', ...small]),
  ])
  expect(page.stdout).toMatch(/^3 seeds, 0 with violations\n/)
  const { runs, virtualMs } = JSON.parse(json.stdout)
  expect(runs.map(({ options }: { options: { seed: number } }) => options.seed)).toEqual([1, 2, 3])
  expect(runs[1]).toMatchObject({
    violations: [],
    counts: { tasks: 4, ended: 4 },
    command:
      'mesostate simulate --seed 2 --agents 1 --frameworks 2 --tasks 4 --faults light --safety 30000ms',
  })
  expect(virtualMs).toBeGreaterThan(90_000)
})

test.concurrent('Simulate: --diagram ends with a sequence diagram', async () => {
  const { stdout } = await mesostate(['simulate', '--diagram', '--faults', 'none', ...small])
  expect(stdout).toMatch(/\nsequenceDiagram\n {2}participant p1 as /)
  expect(stdout).toMatch(/\n {2}p\d+->>p\d+: [\d.:]+ [sm] update T\d/)
})

test.concurrent('Simulate: wrong options are usage errors with a hint', async () => {
  const { exitCode, stdout, stderr } = await mesostate(['simulate', '--faults', 'partitions'])
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toContain('there are no faults partitions; did you mean partition?')
  const seeds = await refusal(['simulate', '--seeds', '5..2'])
  expect(seeds).toContain('expected a range such as 1..100')
  const both = await refusal(['simulate', '--seed', '1', '--seeds', '1..2'])
  expect(both).toContain('give --seed or --seeds, not both')
})

test('Simulate: a failure is told with the commands that repeat it and the messages before it', () => {
  const options = { seed: 4, agents: 1, frameworks: 1, tasks: 2, faults: 'none', safetyMs: 30_000 }
  const report = simulate(options, {
    tamper: (envelope) =>
      envelope.message.type === 'lifecycle.ping'
        ? [{ ...envelope, message: { type: 'lifecycle.shutdown', message: 'go; away' } }]
        : [envelope],
  })
  const page = runPage(report, 10, plain).join('\n')
  expect(page).toMatch(/safety-nobody-breaks at [\d.]+ s: agent\/agent-1 ended/)
  const [again, smaller, , ...lines] = failureLines(report, report)
  expect(again).toBe(
    'again:   mesostate simulate --seed 4 --agents 1 --frameworks 1 --tasks 2 --faults none --safety 30000ms',
  )
  expect(smaller).toMatch(/^smaller: mesostate simulate --seed 4 /)
  expect(lines.join('\n')).toContain('master → agent-1  shutdown go; away')
  expect(mermaidSequence(worthShowing(report.last, 40))).toMatch(/shutdown go {2}away/)
})
