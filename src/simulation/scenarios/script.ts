/** One command of a scenario, with what was recorded of it. */
export interface ScriptStep {
  /** The number of its line, from 1. */
  readonly line: number
  readonly command: string
  /** Comments and blank lines in front of it, as they are. */
  readonly before: readonly string[]
  /** What happened when it was recorded. */
  readonly recorded: readonly string[]
}

/** A scenario as it is written: commands (`> …`), comments (`# …`), and what was recorded. */
export interface Script {
  readonly steps: readonly ScriptStep[]
  /** What stands after the last outcome. */
  readonly after: readonly string[]
}

const commandMark = '> '

/** Reads a scenario. Whatever is neither command nor comment nor blank was recorded. */
export function readScript(text: string): Script {
  const steps: (ScriptStep & { readonly recorded: string[] })[] = []
  let loose: string[] = []
  for (const [index, line] of text.trimEnd().split('\n').entries()) {
    if (line.startsWith(commandMark)) {
      const command = line.slice(commandMark.length).trim()
      steps.push({ line: index + 1, command, before: loose, recorded: [] })
      loose = []
    } else if (line.trim() === '' || line.startsWith('#')) loose.push(line.trimEnd())
    else steps.at(-1)?.recorded.push(line.trimEnd())
  }
  return { steps, after: loose }
}

/** The same scenario with other outcomes, one per step. */
export function writeScript(script: Script, outcomes: readonly (readonly string[])[]): string {
  const lines = script.steps.flatMap(({ before, command }, index) => {
    return [...before, `${commandMark}${command}`, ...(outcomes[index] ?? [])]
  })
  return `${[...lines, ...script.after].join('\n').trimEnd()}\n`
}
