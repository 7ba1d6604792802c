import { readdirSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { playFile } from '../dist/cli/simulate/scenario.js'

/*
 * `npm run scenarios [-- --update]`: plays every scenario of the tests as `mesostate simulate`
 * would, or records them all anew; the diff is for people to judge.
 */
const { values } = parseArgs({ options: { update: { type: 'boolean', default: false } } })
for (const room of ['test/scenarios/', 'test/regressions/']) {
  const folder = new URL(`../${room}`, import.meta.url)
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.scenario'))) {
    const path = relative(process.cwd(), fileURLToPath(new URL(name, folder)))
    try {
      const code = playFile(path, values)
      if (code !== 0) process.exitCode = code
    } catch (error) {
      process.stderr.write(`${error.message}\n`)
      process.exitCode = 2
    }
  }
}
