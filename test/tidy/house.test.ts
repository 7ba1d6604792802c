import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { rules } from './rules.ts'
import { scan } from './scan.ts'

const root = new URL('../../', import.meta.url)
const rooms = ['src', 'test', 'bench', 'scripts', 'examples']

/** Every file of code in the project, by its path from the root. */
function codeFiles(): string[] {
  const inRooms = readdirSync(root)
    .filter((name) => rooms.includes(name))
    .flatMap((room) =>
      readdirSync(new URL(room, root), { recursive: true, encoding: 'utf8' }).map(
        (path) => `${room}/${path.replaceAll('\\', '/')}`,
      ),
    )
    .filter((path) => /\.[cm]?[jt]s$/.test(path) && !path.includes('/node_modules/'))
  return [...inRooms.sort(), 'vitest.config.ts']
}

describe('House rules', () => {
  const tree = codeFiles().map((path) => scan(path, readFileSync(new URL(path, root), 'utf8')))

  test('the checks see the tree', () => {
    expect(tree.map((file) => file.path)).toEqual(
      expect.arrayContaining(['src/messages/index.ts', 'test/tidy/house.test.ts']),
    )
  })

  for (const rule of rules) {
    test(rule.name, () => {
      const found = rule.check(tree).map(({ file, line, advice }) => `${file}:${line}: ${advice}`)
      expect(found.join('\n')).toBe('')
    })
  }
})
