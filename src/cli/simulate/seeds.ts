import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { SimulationOptions } from '../../simulation/options.ts'
import { type SimulationReport, simulate } from '../../simulation/simulate.ts'

/** Below this many worlds a thread costs more than it brings. */
const worldsPerWorkerMin = 5

/** Most of what a world leaves behind dies young: more room for it means fewer collections. */
const resourceLimits = { maxYoungGenerationSizeMb: 192 }

export function defaultWorkers(worlds: number): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(worlds / worldsPerWorkerMin)))
}

/** Plays worlds side by side; the reports come in the order of the worlds. */
export async function playAll(
  worlds: readonly SimulationOptions[],
  workers: number,
): Promise<SimulationReport[]> {
  if (workers <= 1) return worlds.map((world) => simulate(world))
  const reports: SimulationReport[] = []
  const queue = worlds.entries()
  const threads = Array.from({ length: workers }, () => playNext(queue, reports))
  await Promise.all(threads)
  return reports
}

/** One thread plays whatever is next, until nothing is left. */
function playNext(
  queue: Iterator<[number, SimulationOptions]>,
  reports: SimulationReport[],
): Promise<void> {
  const worker = new Worker(new URL('./seed-worker.js', import.meta.url), { resourceLimits })
  return new Promise((resolve, reject) => {
    let place = 0
    const next = (): void => {
      const { value, done } = queue.next()
      if (done) return void worker.terminate().then(() => resolve(), reject)
      place = value[0]
      worker.postMessage(value[1])
    }
    worker.on('message', (report: SimulationReport) => {
      reports[place] = report
      next()
    })
    worker.on('error', reject)
    next()
  })
}
