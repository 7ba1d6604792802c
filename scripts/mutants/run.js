import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mutants } from '../../test/mutants/index.js'
import { compile } from './compile.js'
import { judge } from './judge.js'

const root = new URL('../../', import.meta.url)
const workers = 2

/*
 * `npm run mutants [-- NAME …]`: every mutant must be noticed. Prints what noticed each; exit
 * code 1 when one survives.
 */
const { positionals } = parseArgs({ allowPositionals: true })
const chosen = mutants.filter(({ name }) => {
  return positionals.length === 0 || positionals.some((word) => name.includes(word))
})
const folder = mkdtempSync(join(tmpdir(), 'mesostate-mutants-'))
const began = performance.now()
try {
  const compiled = compile(root, folder, chosen)
  const waiting = [...chosen]
  const survivors = []
  const work = async () => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const verdict = await judge(root, folder, mutant, compiled.get(mutant.name) ?? [])
      if (verdict.by === undefined) survivors.push(mutant.name)
      process.stdout.write(`${rowOf(mutant, verdict)}\n`)
    }
  }
  process.stdout.write(
    '| mutant | stems from | killed by | seeds | seconds |\n|---|---|---|---|---|\n',
  )
  await Promise.all(Array.from({ length: workers }, work))
  const seconds = Math.round((performance.now() - began) / 1_000)
  const killed = chosen.length - survivors.length
  process.stdout.write(`\n${killed} of ${chosen.length} killed in ${seconds} s\n`)
  for (const name of survivors) process.stdout.write(`survived: ${name}\n`)
  if (survivors.length > 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function rowOf({ name, stems, test, scenario }, { by, seeds, ms }) {
  const place = test ?? scenario
  const killer = by === undefined ? '**survived**' : place === undefined ? by : `${place}: ${by}`
  return `| ${name} | ${stems} | ${killer} | ${seeds ?? '–'} | ${(ms / 1_000).toFixed(1)} |`
}
