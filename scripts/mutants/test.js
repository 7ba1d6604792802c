import { readFileSync } from 'node:fs'
import { startVitest } from 'vitest/node'

/*
 * A process of its own for one mutant: `node test.js PLAN`. It runs the test that the plan names
 * as ever, with the mutant's sources in place of those of the project, and leaves a report.
 */
const { changes, test, report } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const sources = new Map(changes.map(({ original, source }) => [original, source]))

const mutant = {
  name: 'mutant',
  enforce: 'pre',
  load(id) {
    const source = sources.get(id)
    return source === undefined ? null : readFileSync(source, 'utf8')
  },
}

// Not the project's settings: the modules of its projects are no business of this plugin.
const options = {
  config: false,
  include: [test],
  globalSetup: ['test/support/temporary-folder.ts'],
  restoreMocks: true,
  unstubEnvs: true,
  watch: false,
  // In threads: a test that never ends has to end with this process.
  pool: 'threads',
  reporters: ['json'],
  outputFile: report,
}
const vitest = await startVitest('test', [test], options, { plugins: [mutant] })
await vitest.close()
