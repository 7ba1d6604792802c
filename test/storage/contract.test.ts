import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { OpenedStorage } from '../../src/actors/ports.ts'
import { openLevel } from '../../src/storage/level.ts'
import { MemoryStore } from '../../src/storage/memory.ts'
import { write } from './support.ts'

const root = mkdtempSync(join(tmpdir(), 'mesostate-storage-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A place that can be opened again and again. */
type Place = () => Promise<OpenedStorage>

function memory(): Place {
  const store = new MemoryStore({ soon: queueMicrotask })
  return async () => store.open()
}

function level(name: string): Place {
  return () => openLevel({ folder: join(root, name), kind: 'agent', sync: false })
}

const places: [string, (name: string) => Place][] = [
  ['memory', memory],
  ['level', level],
]

describe.each(places)('Storage: %s', (_name, place) => {
  it('is empty and sound at first', async () => {
    const { storage, records, damages } = await place('fresh')()
    expect([records.size, damages]).toEqual([0, []])
    await storage.close()
  })

  it('gives back in the next life what was written last', async () => {
    const open = place('again')
    const first = await open()
    await write(
      first.storage,
      new Map<string, unknown>([
        ['a', { n: 1 }],
        ['b', [1]],
        ['c', 'x'],
      ]),
    )
    await write(
      first.storage,
      new Map<string, unknown>([
        ['a', { n: 2 }],
        ['b', undefined],
      ]),
    )
    await first.storage.close()
    const second = await open()
    expect(Object.fromEntries(second.records)).toEqual({ a: { n: 2 }, c: 'x' })
    expect(second.damages).toEqual([])
    await second.storage.close()
  })

  it('keeps the order of writes that nobody waited for', async () => {
    const open = place('order')
    const { storage } = await open()
    const writes = Array.from({ length: 50 }, (_, n) => write(storage, new Map([['n', n]])))
    await Promise.all(writes)
    await storage.close()
    const next = await open()
    expect(next.records.get('n')).toBe(49)
    await next.storage.close()
  })

  it('is not changed by a value that changes after it was given', async () => {
    const open = place('copy')
    const { storage } = await open()
    const value = { n: 1 }
    const written = write(storage, new Map([['a', value]]))
    value.n = 2
    await written
    await storage.close()
    const next = await open()
    expect(next.records.get('a')).toEqual({ n: 1 })
    await next.storage.close()
  })

  it('takes the taking away of what is not there', async () => {
    const open = place('absent')
    const { storage } = await open()
    await write(storage, new Map([['a', undefined]]))
    await storage.close()
    const next = await open()
    expect([next.records.size, next.damages]).toEqual([0, []])
    await next.storage.close()
  })
})
