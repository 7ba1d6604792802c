import { readFile } from 'node:fs/promises'
import type { ExecutorUsage } from '../actors/ports.ts'
import type { TaskProcess } from './processes.ts'
import type { TreeReaper } from './tree-reaper.ts'

/** Linux tells times in hundredths of a second, whatever its kernel counts in. */
const ticksPerSecond = 100

/** Whose the processes are. */
type Owner = Pick<ExecutorUsage, 'frameworkId' | 'executorId'>

/** A process of an executor, with whoever knows all that came out of it. */
interface Metered {
  readonly owner: Owner
  readonly reaper: TreeReaper
  readonly process: TaskProcess
}

type Amounts = Omit<ExecutorUsage, 'frameworkId' | 'executorId'>

/** Measures what the executors of one agent use, when somebody asks. */
export class ProcessMeter {
  readonly #running = new Set<Metered>()
  #reading: Promise<readonly ExecutorUsage[]> | undefined

  /** It is measured until nothing of it is left. */
  add(owner: Owner, reaper: TreeReaper, process: TaskProcess): void {
    const metered = { owner, reaper, process }
    this.#running.add(metered)
    void process.gone.then(() => this.#running.delete(metered))
  }

  /** Of each executor of which a process was found; whoever asks meanwhile gets the same. */
  read(): Promise<readonly ExecutorUsage[]> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #read(): Promise<readonly ExecutorUsage[]> {
    if (process.platform !== 'linux') return []
    const sums = new Map<string, ExecutorUsage>()
    const running = [...this.#running]
    for (const reaper of new Set(running.map((one) => one.reaper))) {
      const own = running.filter((one) => one.reaper === reaper)
      const found = await reaper.find(own.map((one) => one.process.mark))
      for (const { owner, process } of own) {
        const ids = found.get(process.mark) ?? []
        for (const amounts of await Promise.all(ids.map(amountsOf))) {
          if (amounts !== undefined) addTo(sums, owner, amounts)
        }
      }
    }
    return [...sums.values()]
  }
}

function addTo(sums: Map<string, ExecutorUsage>, owner: Owner, amounts: Amounts): void {
  const { frameworkId, executorId } = owner
  const key = `${frameworkId}/${executorId}`
  const sum = sums.get(key)
  sums.set(key, {
    frameworkId,
    executorId,
    cpuUserSecs: (sum?.cpuUserSecs ?? 0) + amounts.cpuUserSecs,
    cpuSystemSecs: (sum?.cpuSystemSecs ?? 0) + amounts.cpuSystemSecs,
    memoryBytes: (sum?.memoryBytes ?? 0) + amounts.memoryBytes,
    processes: (sum?.processes ?? 0) + amounts.processes,
    threads: (sum?.threads ?? 0) + amounts.threads,
  })
}

/** Nothing when the process is gone. What its children used counts when they have ended. */
async function amountsOf(pid: number): Promise<Amounts | undefined> {
  try {
    const [stat, status] = await Promise.all(
      ['stat', 'status'].map((name) => readFile(`/proc/${pid}/${name}`, 'latin1')),
    )
    if (stat === undefined || status === undefined) return undefined
    // The second field is a name in parentheses that may itself hold blanks and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [user = 0, system = 0, usersOfEnded = 0, systemsOfEnded = 0] = fields
      .slice(11, 15)
      .map(Number)
    return {
      cpuUserSecs: (user + usersOfEnded) / ticksPerSecond,
      cpuSystemSecs: (system + systemsOfEnded) / ticksPerSecond,
      memoryBytes: Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024,
      processes: 1,
      threads: Number(fields[17]),
    }
  } catch {
    return undefined
  }
}
