import { readFileSync } from 'node:fs'

/** An edit that cannot be made: its text is not there, or more than once. */
export class MutantError extends Error {}

/**
 * The sources that a mutant changes, by path from the root, as they are with its edits. Throws
 * MutantError unless each text to be replaced is there exactly once, so that mutants cannot rot.
 * @param {URL} root
 * @param {{ name: string, edits: { file: string, from: string, to: string }[] }} mutant
 * @returns {Map<string, string>}
 */
export function mutate(root, { name, edits }) {
  const sources = new Map()
  for (const { file, from, to } of edits) {
    const text = sources.get(file) ?? readFileSync(new URL(file, root), 'utf8')
    const count = text.split(from).length - 1
    if (count !== 1) {
      throw new MutantError(`${name}: the text to replace is ${count} times in ${file}:\n${from}`)
    }
    sources.set(
      file,
      text.replace(from, () => to),
    )
  }
  return sources
}
