import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pages = [
  'README.md',
  'docs/architecture.md',
  'docs/allocation.md',
  'docs/differences.md',
  'docs/maintenance.md',
  'docs/simulation.md',
  'docs/several-processes.md',
  'docs/http-clients.md',
  'docs/exploration.md',
  'docs/http-api.md',
  'CONTRIBUTING.md',
]
const run = promisify(execFile)

interface Block {
  readonly page: string
  readonly line: number
  readonly language: string
  readonly text: string
}

/** Commands that are the test run itself, or run in the clean clone of the CI. */
const runElsewhere = ['npm ci && npm start']

const blocks = pages.flatMap(blocksOf)
const programs = blocks.filter(({ language }) => language === 'js')
const sessions = blocks.filter(({ language }) => language === 'sh')
const throughNpx = sessions.find(({ text }) => text.startsWith('$ npx mesostate '))

describe('Documentation: every code block runs', () => {
  let folder: string

  // Inside the package, so that the programs import it by its own name.
  beforeAll(() => {
    folder = mkdtempSync(join(root, '.docs-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(programs)('$page:$line prints what stands below it', async (program) => {
    const file = join(folder, `line-${program.line}.mjs`)
    writeFileSync(file, program.text)
    const { stdout } = await run(process.execPath, [file], { cwd: root, timeout: 55_000 })
    expect(stdout).toMatch(patternOf(textAfter(program)))
  })

  test.each(sessions)('$page:$line answers as it says', async (session) => {
    const [prompt = '', ...expected] = session.text.split('\n')
    const shown = prompt.replace(/^\$ /, '')
    if (runElsewhere.includes(shown)) return
    // That npx finds the program is seen once: it looks for it for longer than most commands take.
    const command =
      session === throughNpx
        ? shown
        : shown.replace(/^npx mesostate /, 'node dist/bin/mesostate.js ')
    const { stdout } = await run('sh', ['-c', command], { cwd: root, timeout: 55_000 })
    if (expected.join('') !== '') expect(stdout).toMatch(patternOf(expected.join('\n')))
  })
})

function blocksOf(page: string): Block[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    language: match[1] ?? '',
    text: match[2] ?? '',
  }))
}

/** The output block that follows a program. */
function textAfter(program: Block): string {
  const next = blocks[blocks.indexOf(program) + 1]
  expect(next?.language, 'a program is followed by its output').toBe('text')
  return next?.text ?? ''
}

/** The text to the letter, except that `…` stands for anything. */
function patternOf(text: string): RegExp {
  const parts = text
    .trim()
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[\\s\\S]*')}\\s*$`)
}
