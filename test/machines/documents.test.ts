import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { machines } from '../../src/machines/index.ts'
import { indexOf, pageOf } from './support/page.ts'

const folder = new URL('../../docs/machines/', import.meta.url)
const advice = 'regenerate it with `npx vitest run test/machines/documents.test.ts --update`'

describe('Documents: docs/machines shows the charts as they are', () => {
  test.each(machines.map((machine) => [`${machine.name}.md`, machine] as const))(
    '%s is up to date',
    async (name, machine) => {
      const file = new URL(name, folder).pathname
      await expect(pageOf(machine), advice).toMatchFileSnapshot(file)
    },
  )

  test('README.md lists every chart', async () => {
    await expect(indexOf(machines), advice).toMatchFileSnapshot(
      new URL('README.md', folder).pathname,
    )
  })

  test('there is no page of a chart that is no more', () => {
    const names = machines.map(({ name }) => `${name}.md`)
    expect(readdirSync(folder).sort()).toEqual([...names, 'README.md'].sort())
  })
})
