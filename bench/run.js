import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { agents } from './agents.js'
import { allocation } from './allocation.js'
import { exploration } from './exploration.js'
import { http } from './http.js'
import { lifecycle } from './lifecycle.js'
import { processes } from './processes.js'
import { recovery } from './recovery.js'
import { simulation } from './simulation.js'
import { state } from './state.js'
import { storage } from './storage.js'

const benchmarks = {
  lifecycle,
  processes,
  agents,
  allocation,
  simulation,
  exploration,
  recovery,
  storage,
  state,
  http,
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    // Of `http` alone: one of its scenarios, and how big all of them are.
    only: { type: 'string' },
    tasks: { type: 'string' },
  },
})
const options = {
  ...(values.only !== undefined && { only: values.only }),
  ...(values.tasks !== undefined && { tasks: Number(values.tasks) }),
}
const names = positionals.length > 0 ? positionals : Object.keys(benchmarks)
const unknown = names.filter((name) => !(name in benchmarks))
if (unknown.length > 0) {
  console.error(
    `no benchmark ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}`,
  )
  process.exit(2)
}

if (values.tasks !== undefined && !(options.tasks >= 1)) {
  console.error(`--tasks ${values.tasks}: expected a number of tasks`)
  process.exit(2)
}

const report = { node: process.version, cpu: cpus()[0]?.model, results: {} }
if (!values.json) console.log(`${report.cpu}, Node ${report.node}`)
for (const name of names) {
  const result = await benchmarks[name](options)
  report.results[name] = result
  if (values.json) continue
  console.log(`\n${name}`)
  console.table(result.rows)
  for (const verdict of result.verdicts) {
    console.log(`${verdict.met ? 'met   ' : 'MISSED'}  ${verdict.name}: ${verdict.value}`)
  }
}
if (values.json) console.log(JSON.stringify(report, null, 2))
