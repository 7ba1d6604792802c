import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { playScenario } from '../../src/simulation/scenarios/run.ts'

const rooms = ['./', '../regressions/'].map((room) => new URL(room, import.meta.url))
const files = rooms.flatMap((room) =>
  readdirSync(room)
    .filter((name) => name.endsWith('.scenario'))
    .map((name) => new URL(name, room)),
)

/** What differs is shown as it was recorded and as it is; `npm run scenarios -- --update` records. */
describe('Scenarios: each goes as it was recorded', () => {
  test.each(files.map((file) => [file.pathname.split('/').slice(-2).join('/'), file]))(
    '%s',
    (_name, file) => {
      const text = readFileSync(file, 'utf8')
      expect(text).toMatch(/^# \w/)
      expect(playScenario(text).text).toBe(text)
    },
  )

  test('no promise is broken in any of them', () => {
    for (const file of files) expect(readFileSync(file, 'utf8')).not.toMatch(/^ {2}! /m)
  })
})
