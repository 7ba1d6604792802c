import fc, { type AsyncCommand } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type PlayCommand,
  type PlayModel,
  playCommands,
  sabotage,
} from '../support/cluster-commands.ts'
import { isLong } from '../support/long.ts'
import { Playground } from '../support/playground.ts'

/** What happened in any of the runs: proof that they were not all idle. */
type Sightings = Map<string, number>

/** Runs commands against a fresh cluster; the verbs of the world check after each. */
async function play(
  commands: Iterable<AsyncCommand<PlayModel, Playground>>,
  sightings: Sightings = new Map(),
): Promise<void> {
  const playground = await Playground.open()
  const model: PlayModel = { closed: new Set(), submitted: 0, joined: 0 }
  try {
    await fc.asyncModelRun(() => ({ model, real: playground }), commands)
    await playground.wrapUp()
    const seen = [
      ...playground.world.log.map(({ message }) => message.type),
      ...playground.jobs.map(({ task }) => task.state ?? 'no state'),
    ]
    for (const name of seen) sightings.set(name, (sightings.get(name) ?? 0) + 1)
  } finally {
    await playground.world.close()
  }
}

function anyCommands(arbitraries: fc.Arbitrary<PlayCommand>[], maxCommands: number) {
  return fc.commands(arbitraries, { maxCommands, size: 'max' })
}

const sometimes = [
  'allocation.decline',
  'allocation.rescind',
  'allocation.revive',
  'allocation.suppress',
  'task.kill',
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
]

describe('Any sequence of commands against a running cluster', () => {
  it('keeps the books balanced after each, and every job comes to exactly one end', async () => {
    const sightings: Sightings = new Map()
    const property = fc.asyncProperty(anyCommands(playCommands, 40), (commands) =>
      play(commands, sightings),
    )
    await fc.assert(property, { numRuns: isLong ? 100 : 25 })
    for (const name of sometimes) expect(sightings.get(name) ?? 0, name).toBeGreaterThan(0)
  }, 60_000)

  it('is a test that notices: a number that changes by itself is found and named', async () => {
    const commands = anyCommands([...playCommands.slice(0, 8), sabotage], 10)
    const property = fc.asyncProperty(commands, (sequence) => play(sequence))
    const result = await fc.check(property, { numRuns: 50, seed: 1 })
    expect(result.failed).toBe(true)
    expect(String(result.counterexample)).toMatch(/^a number in the book changes by itself/)
    expect(String(result.errorInstance)).toMatch(/free \+ offered \+ used is booked as/)
  }, 60_000)
})
