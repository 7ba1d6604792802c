import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const page = readFileSync(new URL('../../docs/http-api.md', import.meta.url), 'utf8')
const program = fileURLToPath(new URL('../../dist/bin/mesostate.js', import.meta.url))
const run = promisify(execFile)

test('docs/http-api.md: a scheduler of nothing but curl works as it stands there', async () => {
  const [, script = '', output = ''] = /```bash\n(.*?)```\n\n```text\n(.*?)```/s.exec(page) ?? []
  const port = await clusterPort()
  const { stdout } = await run('bash', ['-c', script.replaceAll('5050', port)], { timeout: 50_000 })
  expect(stdout).toBe(output)
})

/** Where the cluster that the page starts listens here. */
async function clusterPort(): Promise<string> {
  const up = spawn(process.execPath, [program, 'up', '--port', '0', '--agent', 'cpus:2;mem:512'])
  const ended = new Promise<void>((resolve) => up.once('exit', () => resolve()))
  onTestFinished(async () => {
    up.kill('SIGTERM')
    await ended
  })
  for await (const line of createInterface(up.stdout)) {
    const [, port] = /listens on 127\.0\.0\.1:(\d+)/.exec(line) ?? []
    if (port !== undefined) return port
  }
  throw new Error('it ended before it listened')
}
