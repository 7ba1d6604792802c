import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createCommandRunner } from '../../src/executors/command-runner.ts'
import type { TaskInfo } from '../../src/messages/index.ts'
import { commandTask, runnerOf, temporaryFolder } from './harness.ts'

/** A task whose command wants files. */
function wanting(value: string, ...uris: object[]): TaskInfo {
  return commandTask('a', value, { carried: { uris } })
}

function runner() {
  const root = temporaryFolder()
  const sandbox = join(root, 'a')
  return { ...runnerOf(createCommandRunner({ sandboxRoot: root })), sandbox }
}

async function served(body: string, status = 200): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  const place = server.address()
  if (typeof place !== 'object' || place === null) throw new Error('no port')
  return `http://127.0.0.1:${place.port}/files/page.txt?version=2`
}

/** A file outside of the sandbox. */
function fileOf(name: string, content: string): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, content)
  return path
}

describe('Files that a command wants in its sandbox', () => {
  test('those of this machine are there before it begins, by path and by URL', async () => {
    const { runner: run, reports, sandbox } = runner()
    const [one, two] = [fileOf('one', '1'), fileOf('two', '2')]
    run.start(wanting('cat one two > both', { value: one }, { value: `file://${two}` }))
    expect(await reports.exited('a')).toMatchObject({ succeeded: true })
    expect(readFileSync(join(sandbox, 'both'), 'utf8')).toBe('12')
  })

  test('a page of the web has the name in its address, or the one that was asked for', async () => {
    const { runner: run, reports, sandbox } = runner()
    const value = await served('hello')
    run.start(wanting('true', { value }, { value, output_file: 'deep/down/it' }))
    await reports.exited('a')
    expect(readFileSync(join(sandbox, 'page.txt'), 'utf8')).toBe('hello')
    expect(readFileSync(join(sandbox, 'deep/down/it'), 'utf8')).toBe('hello')
  })

  test('one may be executed', async () => {
    const { runner: run, reports, sandbox } = runner()
    const value = fileOf('program', '#!/bin/sh\nexit 7\n')
    run.start(wanting('./program', { value, executable: true }))
    expect(await reports.exited('a')).toMatchObject({ exitCode: 7 })
    expect(statSync(join(sandbox, 'program')).mode & 0o111).toBe(0o111)
  })

  test('archives are unpacked, unless that is not wanted', async () => {
    const { runner: run, reports, sandbox } = runner()
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'inside'))
    writeFileSync(join(folder, 'inside', 'file'), 'packed')
    execFileSync('tar', ['-czf', 'one.tar.gz', 'inside'], { cwd: folder })
    execFileSync('tar', ['-czf', 'two.tgz', 'inside/file'], { cwd: folder })
    const one = { value: join(folder, 'one.tar.gz') }
    const two = { value: join(folder, 'two.tgz'), extract: false, output_file: 'kept.tgz' }
    run.start(wanting('cat inside/file', one, two))
    expect(await reports.exited('a')).toMatchObject({ succeeded: true })
    expect(existsSync(join(sandbox, 'kept.tgz'))).toBe(true)
  })

  test.for([
    ['a file that is not there', { value: '/no/such/file' }, 'ENOENT'],
    ['a relative path', { value: 'here' }, 'full path'],
    ['a place outside', { value: '/etc/hostname', output_file: '../x' }, 'not below the sandbox'],
    ['an unknown kind of address', { value: 'ftp://x/y' }, 'full path'],
  ] as const)('%s: it is not begun, and why is said', async ([, uri, why]) => {
    const { runner: run, reports, sandbox } = runner()
    run.start(wanting('touch begun', uri))
    const exit = await reports.exited('a')
    expect(exit).toMatchObject({ succeeded: false, launched: false })
    expect(exit.message).toContain(why)
    expect(existsSync(join(sandbox, 'begun'))).toBe(false)
  })

  test('an archive that is none', async () => {
    const { runner: run, reports } = runner()
    run.start(wanting('true', { value: fileOf('x.tar.gz', 'no archive') }))
    expect((await reports.exited('a')).message).toContain('x.tar.gz could not be fetched')
  })

  test('a page that is not there', async () => {
    const { runner: run, reports } = runner()
    run.start(wanting('true', { value: await served('', 404) }))
    expect((await reports.exited('a')).message).toContain('the answer was 404 Not Found')
  })

  test('a task that is ended meanwhile never begins', async () => {
    const { runner: run, reports, sandbox } = runner()
    const server = createServer(() => run.stop('a', 'terminate'))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    onTestFinished(() => server.closeAllConnections())
    onTestFinished(() => void server.close())
    const place = server.address()
    const port = typeof place === 'object' ? place?.port : ''
    run.start(wanting('touch begun', { value: `http://127.0.0.1:${port}/slow` }))
    const exit = await reports.exited('a')
    expect(exit).toMatchObject({ launched: false, message: expect.stringContaining('was ended') })
    expect(existsSync(join(sandbox, 'begun'))).toBe(false)
  })
})
