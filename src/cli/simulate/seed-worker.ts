import { parentPort } from 'node:worker_threads'
import type { SimulationOptions } from '../../simulation/options.ts'
import { simulate } from '../../simulation/simulate.ts'

/** A thread that plays one world after the other, as it is asked to. */
parentPort?.on('message', (options: SimulationOptions) => {
  const report = simulate(options)
  const last = report.violations.length > 0 ? report.last : []
  parentPort?.postMessage({ ...report, last })
})
