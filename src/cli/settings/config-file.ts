import { readFileSync } from 'node:fs'
import { whyUnread } from '../../executors/sentences.ts'
import { suggestion } from '../../model/suggestion.ts'
import { parseFile } from '../job-file/parse.ts'
import { type Path, problemText, valueText } from '../job-file/problems.ts'
import { UsageError } from '../usage.ts'

export type FileValue = string | number | boolean

/** What a file says of one flag. */
export interface FileEntry {
  readonly key: string
  /** Several for a flag that may be repeated. */
  readonly values: readonly FileValue[]
  /** `cluster.yaml:3:7: port`, for sentences about it. */
  readonly place: string
}

/**
 * Reads the values of flags from a file of YAML or JSON: `offer-timeout: 10s`. Throws UsageError
 * for a file that cannot be read, and for every key that is no flag, in one sentence each.
 */
export function readConfig(file: string, flags: readonly string[]): FileEntry[] {
  const parsed = parseFile(file, textOf(file))
  const { data } = parsed
  const problems = parsed.problems.map(problemText)
  const report = (path: Path, message: string, at: 'key' | 'value'): void => {
    problems.push(problemText(parsed.problemAt(path, message, at)))
  }
  const entries: FileEntry[] = []
  if (parsed.readable && data !== null && data !== undefined) {
    if (typeof data !== 'object' || Array.isArray(data)) {
      throw new UsageError(`${file}: this is ${valueText(data)}; expected flags and their values`)
    }
    for (const [key, value] of Object.entries(data)) {
      const values = Array.isArray(value) ? value : [value]
      if (!flags.includes(key)) {
        report([key], `there is no flag ${key}${suggestion(key, flags)}`, 'key')
      } else if (!values.every(isFileValue)) {
        report([key], `${key} is ${valueText(value)}; expected what the flag takes`, 'value')
      } else {
        const place = problemText(parsed.problemAt([key], key))
        entries.push({ key, values, place })
      }
    }
  }
  if (problems.length > 0) throw new UsageError(problems.join('\nmesostate: '))
  return entries
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`--config: ${file} cannot be read: ${whyUnread(error)}`)
  }
}

function isFileValue(value: unknown): value is FileValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
