import { nanoid } from 'nanoid'
import type { ForkServer } from './fork-server.ts'
import { createProcessTable, type ProcessTable } from './process-table.ts'
import type { Processes, ProcessListener, ProcessOrder, TaskProcess } from './processes.ts'
import { closeOutput, openOutput } from './sandbox.ts'
import { sendSignal, spawnCommand } from './spawn-command.ts'
import { TreeReaper } from './tree-reaper.ts'

/** How often the table of processes is read to be sure that nothing of an earlier life is left. */
const looksMax = 20

/** Processes that are children of this one; all of them are ended before it ends. */
export class OwnProcesses implements Processes {
  readonly reaper: TreeReaper
  /** Tells the marks of this life from those of earlier ones. */
  readonly #life = nanoid()
  readonly #table: ProcessTable | undefined
  readonly #forks: ForkServer | undefined

  /**
   * With a name that its next life has, too, that can end what this one leaves when it is killed:
   * see `endStrays`. Without what forks for it, it does that itself.
   */
  constructor(name?: string, forks?: ForkServer) {
    this.#forks = forks
    if (name === undefined) {
      this.reaper = new TreeReaper()
      return
    }
    const variable = `MESOSTATE_TREE_${name}`
    this.reaper = new TreeReaper(createProcessTable, variable)
    this.#table = createProcessTable(variable, 'any')
  }

  /** Ends what earlier lives of the same name left; resolves when nothing of that is left. */
  async endStrays(): Promise<void> {
    for (let look = 0; look < looksMax; look++) {
      const entries = (await this.#table?.read()) ?? []
      const strays = entries.filter(({ mark }) => mark && !mark.startsWith(`${this.#life}.`))
      if (strays.length === 0) return
      for (const { pid } of strays) sendSignal(pid, 'SIGKILL')
    }
  }

  start(wanted: ProcessOrder, listener: ProcessListener): TaskProcess {
    const { reaper } = this
    const mark = `${this.#life}.${reaper.nextMark()}`
    const environment = { ...wanted.environment, [reaper.variable]: mark }
    const order = { ...wanted, environment }
    return (
      this.#forks?.start(order, { mark, reaper, listener }) ?? this.#spawn(order, mark, listener)
    )
  }

  #spawn(order: ProcessOrder, mark: string, listener: ProcessListener): TaskProcess {
    const { command, directory, environment, sandbox, user } = order
    const output = openOutput(sandbox)
    const stdio = ['ignore' as const, output.stdout, output.stderr]
    const child = spawnCommand(command, directory, environment, stdio, user)
    closeOutput(output)
    if (child instanceof Error) {
      queueMicrotask(() => listener.refused(child))
      return absent(sandbox, mark)
    }
    if (child.pid === undefined) {
      child.once('error', (error) => listener.refused(error))
      return absent(sandbox, mark)
    }
    const { reaper } = this
    const tree = reaper.adopt(mark, child.pid)
    child.once('spawn', () => listener.started())
    // Not `close`: the output goes to files, so nothing can still be on its way.
    child.once('exit', (code, signal) => {
      reaper.mainExited(tree)
      listener.exited({
        ...(code !== null && { exitCode: code }),
        ...(signal !== null && { signal }),
      })
    })
    return {
      sandbox,
      mark,
      gone: tree.gone,
      stop: (how) => reaper[how](tree),
      close: () => {
        reaper.kill(tree)
        return tree.gone
      },
    }
  }

  /** There are none from before: they ended with the process whose children they were. */
  resume(): undefined {
    return undefined
  }
}

/** What there is of a process that could not be started. */
function absent(sandbox: string, mark: string): TaskProcess {
  const gone = Promise.resolve()
  return { sandbox, mark, gone, stop: () => {}, close: () => gone }
}
