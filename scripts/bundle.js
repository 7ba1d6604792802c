import { chmodSync, copyFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/**
 * Writes the command line once more as a few files: of some hundred modules, most of the time that
 * a short command takes would go into finding and reading them. What other threads and processes
 * are started with has a file of its own, beside the rest, as its URL says.
 */
const program = fileURLToPath(new URL('../dist/', import.meta.url))
const bundle = await rolldown({
  input: {
    mesostate: `${program}cli/main.js`,
    'keeper-entry': `${program}executors/keeper-entry.js`,
    'thread-entry': `${program}executors/thread-entry.js`,
    'seed-worker': `${program}cli/simulate/seed-worker.js`,
  },
  platform: 'node',
  // It loads a compiled library from its own folder.
  external: ['classic-level'],
})
await bundle.write({
  dir: `${program}bin`,
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  cleanDir: true,
})
await bundle.close()
for (const place of ['executors', 'bin']) {
  copyFileSync(`${program}../src/executors/fork-server.pl`, `${program}${place}/fork-server.pl`)
}
// The one that it is made of, too: links may lead there.
for (const file of ['bin/mesostate.js', 'cli/main.js']) chmodSync(program + file, 0o755)
