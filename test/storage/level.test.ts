import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { StorageError } from '../../src/model/errors.ts'
import { asStorageError } from '../../src/storage/folder.ts'
import { openLevel } from '../../src/storage/level.ts'
import { write } from './support.ts'

const root = mkdtempSync(join(tmpdir(), 'mesostate-level-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const open = (folder: string) => openLevel({ folder, kind: 'agent', sync: true })

/** A folder in which an earlier life left `count` records. */
async function written(name: string, count = 50): Promise<string> {
  const folder = join(root, name)
  const { storage } = await open(folder)
  for (let n = 0; n < count; n++) {
    await write(storage, new Map([[`task/${n}`, { n, text: 'x'.repeat(50) }]]))
  }
  await storage.close()
  return folder
}

function fileOf(folder: string, ending: RegExp): string {
  const name = readdirSync(join(folder, 'records')).find((file) => ending.test(file))
  if (name === undefined) throw new Error(`no file like ${ending} in ${folder}`)
  return join(folder, 'records', name)
}

describe('Level: damage', () => {
  it('at the end of the log loses the last batch as a whole and nothing else', async () => {
    const folder = await written('torn')
    const log = fileOf(folder, /\.log$/)
    truncateSync(log, readFileSync(log).length - 7)
    const { storage, records, damages } = await open(folder)
    expect([records.size, damages]).toEqual([49, []])
    await storage.close()
  })

  it('in the middle of the log is said, and the rest is there', async () => {
    const folder = await written('flipped')
    const log = fileOf(folder, /\.log$/)
    const bytes = readFileSync(log)
    bytes.fill(0xff, 1_000, 1_040)
    writeFileSync(log, bytes)
    const { storage, records, damages } = await open(folder)
    expect(records.size).toBeLessThan(50)
    expect(damages).toEqual([expect.stringMatching(/^\d+ bytes of .+\.log are lost: .+checksum/)])
    await storage.close()
  })

  it('of the index is said and repaired', async () => {
    const folder = await written('index')
    rmSync(join(folder, 'records', 'CURRENT'))
    const { storage, records, damages } = await open(folder)
    expect(records.size).toBe(50)
    expect(damages).toEqual([`the index of ${join(folder, 'records')} is gone`])
    await storage.close()
  })

  it('that takes everything away is said: it never starts from nothing silently', async () => {
    const folder = await written('emptied')
    rmSync(join(folder, 'records'), { recursive: true })
    const { storage, records, damages } = await open(folder)
    expect(records.size).toBe(0)
    expect(damages[0]).toContain('is gone')
    await storage.close()
  })

  it('is said once: what is left is sealed by the next write', async () => {
    const folder = await written('healed')
    rmSync(join(folder, 'records'), { recursive: true })
    const first = await open(folder)
    await write(first.storage, new Map([['a', 1]]))
    await first.storage.close()
    const second = await open(folder)
    expect([second.records.size, second.damages]).toEqual([1, []])
    await second.storage.close()
  })
})

describe('Level: a folder that cannot be used', () => {
  it('because another process has it', async () => {
    const folder = await written('locked', 1)
    const { storage } = await open(folder)
    await expect(open(folder)).rejects.toThrow(
      /is in use by another process; each master and each agent needs its own/,
    )
    await storage.close()
  })

  it('because it is the other kind’s', async () => {
    const folder = await written('kind', 1)
    const opening = openLevel({ folder, kind: 'master', sync: true })
    await expect(opening).rejects.toThrow(/holds what an agent keeps/)
  })

  it('because it was written by a newer version', async () => {
    const folder = await written('newer', 1)
    writeFileSync(join(folder, 'mesostate.json'), '{"format":2,"kind":"agent"}')
    await expect(open(folder)).rejects.toThrow(/by a newer version \(format 2, this one knows 1\)/)
  })

  it('because its marker is damaged', async () => {
    const folder = await written('marker', 1)
    appendFileSync(join(folder, 'mesostate.json'), 'x')
    await expect(open(folder)).rejects.toThrow(/mesostate\.json is damaged; write/)
  })

  it('because it is a file', async () => {
    const path = join(root, 'file')
    writeFileSync(path, '')
    await expect(open(path)).rejects.toThrow(/is no folder; choose another/)
  })

  it.skipIf(process.getuid?.() === 0)(
    'because it may not be written (skipped for root)',
    async () => {
      const folder = await written('forbidden', 1)
      spawnSync('chmod', ['-R', 'a-w', folder])
      await expect(open(folder)).rejects.toThrow(/may not be written by this user/)
    },
  )

  it.each([
    ['ENOSPC', /lies on a full disk; make room and start again/],
    ['EACCES', /may not be written by this user/],
  ])('as the file system says by %s', (code, sentence) => {
    const cause = Object.assign(new Error('said'), { code })
    const error = asStorageError('/data', new Error('wrapped', { cause }))
    expect(error).toBeInstanceOf(StorageError)
    expect(error.message).toMatch(sentence)
  })
})
