import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../scripts/mutants/compile.js'
import { judge } from '../../scripts/mutants/judge.js'
import { mutate } from '../../scripts/mutants/mutate.js'
import { isLong } from '../support/long.ts'
import { mutants as listed } from './index.js'

interface Mutant {
  readonly name: string
  readonly edits: { readonly file: string; readonly from: string; readonly to: string }[]
  readonly test?: string
  readonly scenario?: string
}

const mutants: readonly Mutant[] = listed
const root = new URL('../../', import.meta.url)

const accounts = 'src/model/ledger/accounts.ts'
const edit = (from: string, to: string) => ({ name: 'one', edits: [{ file: accounts, from, to }] })

describe('Mutants: the list', () => {
  test('every edit can be made, and changes something; names and tests are there', () => {
    for (const mutant of mutants) {
      for (const { from, to } of mutant.edits) expect(to, mutant.name).not.toBe(from)
      expect(mutate(root, mutant).size, mutant.name).toBeGreaterThan(0)
      for (const file of [mutant.test, mutant.scenario].filter((path) => path !== undefined)) {
        expect(existsSync(new URL(file, root)), file).toBe(true)
      }
    }
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  })

  test('a text that is not there, or is there twice, is an error that shows it', () => {
    expect(() => mutate(root, edit('no such text', ''))).toThrow(
      `one: the text to replace is 0 times in ${accounts}:\nno such text`,
    )
    expect(() => mutate(root, edit('holder.holds', ''))).toThrow(/the text to replace is \d+ times/)
  })

  test('what has rotted is told before anything is compiled, all of it at once', () => {
    const rotten = [edit('no such text', ''), edit('nor this one', '')]
    expect(() => compile(root, '/nowhere', rotten)).toThrow(/no such text\n(?:.*\n)*.*nor this one/)
  })

  test('several edits of one file are all in it', () => {
    const edits = [
      { file: accounts, from: '/** Free resources go out as an offer. */', to: '/** One. */' },
      { file: accounts, from: '/** Free resources change their kind. */', to: '/** Two. */' },
    ]
    const text = mutate(root, { name: 'one', edits }).get(accounts) ?? ''
    expect(text).toContain('/** One. */')
    expect(text).toContain('/** Two. */')
  })
})

describe('Mutants: a smoke of `npm run mutants`', () => {
  const world = { agents: 2, frameworks: 2, tasks: 8, safetyMs: 30_000, faults: 'heavy' }
  const played = (mutant: Mutant) => ({
    ...mutant,
    worlds: [world],
    seeds: isLong ? 4 : 2,
  })
  const named = (name: string) => {
    const found = mutants.find((mutant) => mutant.name === name)
    if (found === undefined) throw new Error(`there is no mutant ${name}`)
    return played(found)
  }
  const harmless = played({
    name: 'harmless',
    edits: [{ file: accounts, from: '  holder.holds = false\n', to: '  holder.holds = !true\n' }],
  })
  const bugs = {
    'resources-are-free-twice': 'safety-books-balance',
    'silent-roles-are-offered-to': 'safety-silence-is-kept',
    // A test takes longer to load than worlds take to be played.
    ...(isLong && {
      'a-failed-write-counts-as-done':
        'lets nothing out after a write that failed, and says so once',
    }),
  }
  const chosen = [harmless, ...Object.keys(bugs).map(named)]
  const folder = mkdtempSync(join(tmpdir(), 'mesostate-mutants-'))
  let verdicts: (string | undefined)[] = []

  beforeAll(async () => {
    const compiled = compile(root, folder, chosen)
    const judged = chosen.map((mutant) =>
      judge(root, folder, mutant, compiled.get(mutant.name) ?? []),
    )
    verdicts = (await Promise.all(judged)).map(({ by }) => by)
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('one that changes nothing survives: what is played is the code as it was built', () => {
    expect(verdicts[0]).toBeUndefined()
  })

  test('those that are bugs are killed, by the promise that they break or by the named test', () => {
    expect(verdicts.slice(1)).toEqual(Object.values(bugs))
  })
})
