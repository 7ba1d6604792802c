import { createHash } from 'node:crypto'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createCommandRunner } from '../../src/executors/command-runner.ts'
import { OutputFollower } from '../../src/executors/output-follower.ts'
import { commandTask, runnerOf, temporaryFolder, until } from './harness.ts'

class Text extends Writable {
  text = ''
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

test('Output: what a task writes shows while it runs, and all of it in the end', async () => {
  const root = temporaryFolder()
  const { runner, reports } = runnerOf(createCommandRunner({ sandboxRoot: root }))
  const output = new Text()
  runner.start(commandTask('a', 'echo first; until [ -e go ]; do sleep 0.01; done; echo last'))
  const { sandbox = '' } = await reports.of('run.started', 'a')
  const follower = new OutputFollower(join(sandbox, 'stdout'), output)
  await until('the first line shows', () => output.text === 'first\n')
  writeFileSync(join(sandbox, 'go'), '')
  await reports.exited('a')
  await follower.finish()
  expect(output.text).toBe('first\nlast\n')
  expect(output.writableEnded).toBe(false)
})

test('Output: a file that comes later is waited for', async () => {
  const path = join(temporaryFolder(), 'late')
  const output = new Text()
  const follower = new OutputFollower(path, output)
  await new Promise(setImmediate)
  writeFileSync(path, 'here')
  await until('it shows', () => output.text === 'here')
  appendFileSync(path, ' and there')
  await follower.finish()
  expect(output.text).toBe('here and there')
})

test('Output: a file that never comes ends with nothing', async () => {
  const output = new Text()
  await new OutputFollower(join(temporaryFolder(), 'none'), output).finish()
  expect(output.text).toBe('')
})

test('Output: a slow reader gets a big file whole, at constant memory', async () => {
  const path = join(temporaryFolder(), 'big')
  const piece = Buffer.alloc(2 ** 20, 'abcdefg')
  const expected = createHash('sha1')
  for (let index = 0; index < 100; index += 1) {
    appendFileSync(path, piece)
    expected.update(piece)
  }
  const hash = createHash('sha1')
  const before = process.memoryUsage().rss
  let peak = before
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      setImmediate(() => {
        hash.update(chunk)
        peak = Math.max(peak, process.memoryUsage().rss)
        done()
      })
    },
  })
  await new OutputFollower(path, output).finish()
  expect(hash.digest('hex')).toBe(expected.digest('hex'))
  expect(peak - before).toBeLessThan(30e6)
})

test('Output: a reader that breaks is told by finish and ends the following', async () => {
  const path = join(temporaryFolder(), 'file')
  writeFileSync(path, 'x'.repeat(1_000))
  const output = new Writable({
    write(_chunk, _encoding, done) {
      done(new Error('the pipe is broken'))
    },
  })
  const follower = new OutputFollower(path, output)
  await expect(follower.finish()).rejects.toThrow('the pipe is broken')
})
