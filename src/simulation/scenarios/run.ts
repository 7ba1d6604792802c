import { InvalidInputError } from '../../model/errors.ts'
import { suggestion } from '../../model/suggestion.ts'
import { clusterCommands } from './commands/cluster.ts'
import type { ScenarioCommand } from './commands/command.ts'
import { networkCommands } from './commands/network.ts'
import { schedulingCommands } from './commands/scheduling.ts'
import { readScript, writeScript } from './script.ts'
import { Stage } from './stage.ts'
import { Words } from './words.ts'

/** Every command of scenarios, by its first word. */
export const scenarioCommands: Readonly<Record<string, ScenarioCommand>> = {
  ...clusterCommands,
  ...schedulingCommands,
  ...networkCommands,
}

/** A command after which something else happens than was recorded. */
export interface ScenarioDifference {
  /** Of the command, from 1. */
  readonly line: number
  readonly command: string
  readonly recorded: readonly string[]
  readonly happened: readonly string[]
}

export interface ScenarioReport {
  /** The scenario as it is when it is recorded now; comments are kept. */
  readonly text: string
  /** Nothing when all is as it was recorded. */
  readonly differences: readonly ScenarioDifference[]
}

/**
 * Plays a scenario from the first command to the last. Throws InvalidInputError, with the line,
 * for a command that cannot be; what a framework is refused is an outcome like any other.
 */
export function playScenario(text: string): ScenarioReport {
  const script = readScript(text)
  const stage = new Stage()
  const outcomes: string[][] = []
  const differences: ScenarioDifference[] = []
  for (const { line, command, recorded } of script.steps) {
    perform(stage, line, command)
    const happened = stage.journal.take()
    outcomes.push(happened)
    const isSame = happened.join('\n') === recorded.join('\n')
    if (!isSame) differences.push({ line, command, recorded, happened })
  }
  return { text: writeScript(script, outcomes), differences }
}

function perform(stage: Stage, line: number, command: string): void {
  try {
    const words = new Words(command)
    const verb = words.take('the command')
    const known = Object.hasOwn(scenarioCommands, verb) ? scenarioCommands[verb] : undefined
    if (known === undefined) {
      const names = Object.keys(scenarioCommands)
      throw new InvalidInputError(`there is no command ${verb}${suggestion(verb, names)}`)
    }
    if (known.isFault) stage.fault(verb, command)
    known.run(stage, words)
    const passMs = known.passMs?.(words) ?? 0
    words.end()
    stage.pass(passMs)
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    throw new InvalidInputError(`line ${line}, ${command}: ${error.message}`)
  }
}
