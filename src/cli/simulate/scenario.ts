import { readFileSync, writeFileSync } from 'node:fs'
import { whyUnread } from '../../executors/sentences.ts'
import { InvalidInputError } from '../../model/errors.ts'
import { playScenario, type ScenarioDifference } from '../../simulation/scenarios/run.ts'
import { exitCodes, UsageError } from '../usage.ts'

interface Given {
  /** Whether the file is written anew. */
  readonly update?: boolean
}

/** Plays the scenario in a file; prints it, or where it is otherwise than it was recorded. */
export function playFile(path: string, { update = false }: Given): number {
  const text = readText(path)
  const report = played(path, text)
  if (update) {
    if (report.text !== text) writeFileSync(path, report.text)
    const how = report.text === text ? 'is as it was' : 'was recorded anew'
    process.stdout.write(`${path} ${how}\n`)
    return exitCodes.ok
  }
  if (report.differences.length === 0) {
    process.stdout.write(`${report.text}\nas it was recorded\n`)
    return exitCodes.ok
  }
  const lines = report.differences.flatMap((difference) => differenceLines(path, difference))
  process.stdout.write(`${lines.join('\n')}\n`)
  return exitCodes.failed
}

/** `-` for what was recorded and did not happen, `+` for what did. */
function differenceLines(path: string, difference: ScenarioDifference): string[] {
  const { line, command, recorded, happened } = difference
  const isSameAt = (index: number): boolean => recorded[index] === happened[index]
  let same = 0
  while (same < recorded.length && isSameAt(same)) same++
  return [
    `${path}:${line}`,
    `> ${command}`,
    ...recorded.slice(0, same).map((text) => `  ${text}`),
    ...recorded.slice(same).map((text) => `- ${text}`),
    ...happened.slice(same).map((text) => `+ ${text}`),
    '',
  ]
}

function played(path: string, text: string) {
  try {
    return playScenario(text)
  } catch (error) {
    if (error instanceof InvalidInputError) throw new UsageError(`${path}: ${error.message}`)
    throw error
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${whyUnread(error)}`)
  }
}
