import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createCommandRunner } from '../../src/executors/command-runner.ts'
import { linkVolumes, VolumeFolders } from '../../src/executors/volumes.ts'
import type { TaskInfo } from '../../src/messages/index.ts'
import { Reports, temporaryFolder } from './harness.ts'

const db = { role: 'eng/ads', id: 'db' }
const resources = { cpus: 1, 'disk(eng/ads,ops)[db:var/data]': 100 }

describe('Volumes: folders that outlive tasks', () => {
  it('is one folder per role and id; another role or id is another folder', () => {
    const root = temporaryFolder()
    const volumes = new VolumeFolders(root)
    const all = [db, { ...db, role: 'eng' }, { ...db, id: 'log' }]
    volumes.create(all)
    expect(new Set(all.map((volume) => volumes.pathOf(volume))).size).toBe(3)
    for (const volume of all) expect(readdirSync(volumes.pathOf(volume))).toEqual([])
    expect(readdirSync(root).sort()).toEqual(['eng', 'eng%2Fads'])
  })

  it('that is there from an earlier run is taken with what is in it', () => {
    const root = temporaryFolder()
    new VolumeFolders(root).create([db])
    const path = new VolumeFolders(root).pathOf(db)
    writeFileSync(join(path, 'kept'), '')
    new VolumeFolders(root).create([db])
    expect(readdirSync(path)).toEqual(['kept'])
  })

  it('that is destroyed is gone with its data, and its name is free at once', async () => {
    const volumes = new VolumeFolders(temporaryFolder())
    volumes.create([db])
    const path = volumes.pathOf(db)
    mkdirSync(join(path, 'deep', 'down'), { recursive: true })
    writeFileSync(join(path, 'deep', 'down', 'file'), 'secret')
    const gone = volumes.destroy([db, { ...db, id: 'never made' }])
    expect(existsSync(path)).toBe(false)
    volumes.create([db])
    await gone
    expect(readdirSync(path)).toEqual([])
    expect(readdirSync(join(path, '..', '..', 'being destroyed'))).toEqual([])
  })

  it('of several, of which one cannot be made, none is made', () => {
    const root = temporaryFolder()
    const volumes = new VolumeFolders(root)
    mkdirSync(join(root, 'eng'))
    writeFileSync(join(root, 'eng', 'log'), 'a file in the way')
    expect(() => volumes.create([db, { role: 'eng', id: 'log' }])).toThrow(
      /the volume could not be made: .*EEXIST/,
    )
    expect(existsSync(volumes.pathOf(db))).toBe(false)
  })

  it('of several, of which one cannot be removed, none is removed', async () => {
    const root = temporaryFolder()
    const volumes = new VolumeFolders(root)
    volumes.create([db])
    writeFileSync(join(root, 'being destroyed'), 'a file in the way')
    await expect(volumes.destroy([db])).rejects.toThrow(/the volume could not be removed/)
    expect(existsSync(volumes.pathOf(db))).toBe(true)
  })
})

describe('Volumes: in a sandbox', () => {
  it('a task sees them at their path, and what it writes stays when its sandbox goes', () => {
    const volumes = new VolumeFolders(temporaryFolder())
    volumes.create([db])
    const sandbox = temporaryFolder()
    linkVolumes(sandbox, resources, volumes)
    writeFileSync(join(sandbox, 'var', 'data', 'log'), 'kept')
    expect(readFileSync(join(volumes.pathOf(db), 'log'), 'utf8')).toBe('kept')
  })

  const task = (id: string): TaskInfo => ({
    taskId: id,
    name: id,
    agentId: 'S',
    resources,
    command: { value: 'echo hello > var/data/greeting; ls var/data' },
  })

  it('a command finds them in the folder that it runs in', async () => {
    const volumes = new VolumeFolders(temporaryFolder())
    volumes.create([db])
    const reports = new Reports()
    const runner = createCommandRunner({ sandboxRoot: temporaryFolder() })(reports.add, volumes)
    runner.start(task('T1'))
    const { sandbox = '' } = await reports.of('run.exited', 'T1')
    expect(readFileSync(join(sandbox, 'stdout'), 'utf8')).toBe('greeting\n')
    expect(readFileSync(join(volumes.pathOf(db), 'greeting'), 'utf8')).toBe('hello\n')
    await runner.close()
  })

  it.each([
    ['that does not exist', new VolumeFolders('nowhere')],
    ['on an agent without any', undefined],
  ])('a command with one %s is not run', async (_what, volumes) => {
    const reports = new Reports()
    const runner = createCommandRunner({ sandboxRoot: temporaryFolder() })(reports.add, volumes)
    runner.start(task('T1'))
    expect(await reports.of('run.exited', 'T1')).toMatchObject({
      launched: false,
      message: 'its volumes could not be linked: there is no volume db',
    })
    await runner.close()
  })

  it('a task named like the folder of all volumes has a sandbox of another name', async () => {
    const reports = new Reports()
    const sandboxRoot = temporaryFolder()
    const runner = createCommandRunner({ sandboxRoot })(reports.add)
    runner.start({ ...task('Volumes'), resources: { cpus: 1 } })
    await reports.of('run.exited', 'Volumes')
    expect(readdirSync(sandboxRoot)).toEqual([expect.stringMatching(/^Volumes\.[\w-]/)])
    await runner.close()
  })
})
