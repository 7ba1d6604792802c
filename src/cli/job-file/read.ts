import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { codeOf, messageOf } from '../../executors/sentences.ts'
import { suggestion } from '../../model/suggestion.ts'
import { type Overrides, planFile } from './check-file.ts'
import { parseFile } from './parse.ts'
import type { Plan } from './plan.ts'
import { inOrder, type Problem } from './problems.ts'

export type ReadResult =
  | { readonly plan: Plan; readonly problems: readonly [] }
  | { readonly plan: undefined; readonly problems: readonly Problem[] }

/** Reads a job file and checks all of it. Nothing is started, and nothing is thrown. */
export function readJobFile(file: string, overrides: Overrides = {}): ReadResult {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return { plan: undefined, problems: [{ file, message: whyNotRead(file, error) }] }
  }
  if (text.includes('\0')) {
    return {
      plan: undefined,
      problems: [{ file, message: 'this is no text; expected YAML or JSON' }],
    }
  }
  const parsed = parseFile(file, text)
  const problems = [...parsed.problems]
  if (!parsed.readable) return { plan: undefined, problems }
  if (parsed.data === null || parsed.data === undefined) {
    const message = 'the file is empty; expected frameworks or jobs'
    return { plan: undefined, problems: [{ file, line: 1, column: 1, message }] }
  }
  const plan = planFile(parsed.data, {
    file,
    folder: dirname(resolve(file)),
    overrides,
    report: (path, message, at) => problems.push(parsed.problemAt(path, message, at)),
  })
  if (problems.length > 0) return { plan: undefined, problems: inOrder(problems) }
  return { plan, problems: [] }
}

function whyNotRead(file: string, error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return `there is no such file${neighbour(file)}`
    case 'EISDIR':
      return 'this is a folder; expected a job file in YAML or JSON'
    case 'EACCES':
      return 'the file may not be read; check its permissions'
    default:
      return `the file cannot be read: ${messageOf(error)}`
  }
}

function neighbour(file: string): string {
  try {
    return suggestion(basename(file), readdirSync(dirname(resolve(file))))
  } catch {
    return `; there is no folder ${dirname(resolve(file))} either`
  }
}
