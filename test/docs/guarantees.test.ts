import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'

const page = new URL('../../docs/guarantees.md', import.meta.url)
const text = readFileSync(page, 'utf8')

describe('docs/guarantees.md', () => {
  it('names nothing that is not there', () => {
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link ?? '')
    expect(links.length).toBeGreaterThan(20)
    expect(links.filter((link) => !existsSync(new URL(link, page)))).toEqual([])
  })

  it('has every property of the simulator', () => {
    const folder = new URL('../../src/simulation/properties/', import.meta.url)
    const names = readdirSync(folder)
      .map((file) => basename(file, '.ts'))
      .filter((name) => /^(safety|liveness)-/.test(name))
    expect(names.filter((name) => !text.includes(`[${name}]`))).toEqual([])
  })
})
