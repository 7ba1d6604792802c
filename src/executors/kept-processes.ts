import { createHash } from 'node:crypto'
import type { Survivors } from '../actors/ports.ts'
import { Keeper } from './keeper.ts'
import { KeptRun, type KeptRunParts } from './kept-run.ts'
import { lives, readBootId } from './process-identity.ts'
import { createProcessTable } from './process-table.ts'
import type { Processes, ProcessListener, ProcessOrder, TaskProcess } from './processes.ts'
import { RecordWatch } from './record-watch.ts'
import { type FoundRecord, type RunName, RunRecords } from './run-records.ts'
import { programOf } from './spawn-command.ts'
import { TreeReaper } from './tree-reaper.ts'

/** How long a keeper without work is kept: starting one takes as long as many commands. */
const keeperRestMs = 1_000

const nobody: ProcessListener = { started: () => {}, refused: () => {}, exited: () => {} }

/**
 * Processes of one agent that live on when the agent is killed, and are found again by the next
 * one: a keeper starts them, and their records tell who they are and how they ended. An agent that
 * closes them in good order ends them all the same.
 *
 * At every instant it is decided by the file system whether a command began: the keeper begins it
 * only after it has renamed its record, which nobody can then withdraw. What had not begun when
 * the agent was killed is never begun: nobody could tell it from what lost its record, and no
 * command may run twice (Mesos too reports such a task as lost and starts nothing).
 */
export class KeptProcesses implements Processes, Survivors {
  readonly reaper: TreeReaper
  /** Names its agent among others on the machine, in each of its lives. */
  readonly name: string
  readonly #records: RunRecords
  readonly #bootId = readBootId()
  /** Begun under an earlier process of this agent, and not asked for yet. */
  readonly #earlier = new Map<string, FoundRecord>()
  /** By path of the record, as keepers know them. */
  readonly #runs = new Map<string, KeptRun>()
  readonly #watch: RecordWatch
  #keeper: Keeper | undefined
  #resting: NodeJS.Timeout | undefined

  /**
   * `folder` is for the records of this agent alone; made when missing. Throws when it cannot be
   * used, or when this system does not tell processes apart for certain.
   */
  constructor(folder: string) {
    if (process.platform !== 'linux') {
      throw new Error('only on Linux can processes survive the process of their agent')
    }
    this.#records = new RunRecords(folder)
    // The same for every process of this agent: each has to find what earlier ones began.
    this.name = createHash('sha256').update(this.#records.folder).digest('hex').slice(0, 12)
    this.reaper = new TreeReaper(
      (variable) => createProcessTable(variable, 'any'),
      `MESOSTATE_RUNS_${this.name}`,
    )
    this.#watch = new RecordWatch(this.#records)
    for (const record of this.#records.list()) this.#earlier.set(record.id, record)
  }

  start(order: ProcessOrder, listener: ProcessListener): TaskProcess {
    const { name, command, directory, sandbox, user } = order
    const keeper = this.#keeperNow()
    const { identity } = keeper
    const { frameworkId, executorId, taskId } = name
    const wanted = { frameworkId, executorId, taskId, sandbox, keeper: identity }
    const id = this.#records.add({ ...wanted, bootId: this.#bootId })
    const run = this.#add({ id, sandbox, keeper: identity, isResumed: false, listener })
    keeper.wait(true)
    keeper.order({
      path: this.#records.pathOf(id),
      ...programOf(command),
      directory,
      environment: { ...order.environment, [this.reaper.variable]: id },
      sandbox,
      ...(user && { user }),
    })
    return run
  }

  resume(name: RunName, listener: ProcessListener): TaskProcess | undefined {
    const found = [...this.#earlier.values()]
      .filter(({ stage, wanted }) => stage !== 'over' && isOf(name, wanted))
      .sort((one, other) => createdAt(other) - createdAt(one))[0]
    return found === undefined ? undefined : this.#takeUp(found, listener)
  }

  /** Ends what an earlier process of this agent began and nobody took up again. */
  async endStrays(): Promise<void> {
    const strays = [...this.#earlier.values()]
    await Promise.all(strays.map((found) => this.#takeUp(found, nobody).close()))
  }

  leave(): void {
    this.#earlier.clear()
    for (const run of this.#runs.values()) {
      this.#watch.remove(run)
      run.leave()
    }
    this.#runs.clear()
    this.#release()
  }

  #takeUp(found: FoundRecord, listener: ProcessListener): KeptRun {
    const { id, wanted } = found
    this.#earlier.delete(id)
    const run = this.#add({
      id,
      sandbox: wanted?.sandbox ?? '',
      keeper: wanted?.keeper ?? unknownKeeper,
      isResumed: true,
      isFromBefore: wanted !== undefined && wanted.bootId !== this.#bootId,
      listener,
    })
    this.#watch.add(run)
    return run
  }

  #add(
    parts: Pick<KeptRunParts, 'id' | 'sandbox' | 'keeper' | 'isResumed' | 'listener'> &
      Partial<KeptRunParts>,
  ): KeptRun {
    const run = new KeptRun({
      isFromBefore: false,
      records: this.#records,
      reaper: this.reaper,
      onClosed: (closed) => this.#drop(closed),
      ...parts,
    })
    this.#runs.set(this.#records.pathOf(run.id), run)
    clearTimeout(this.#resting)
    return run
  }

  #drop(run: KeptRun): void {
    this.#runs.delete(this.#records.pathOf(run.id))
    this.#watch.remove(run)
    if (this.#runs.size > 0) return
    this.#keeper?.wait(false)
    this.#resting = setTimeout(() => this.#release(), keeperRestMs)
    this.#resting.unref()
  }

  #release(): void {
    this.#keeper?.release()
    this.#keeper = undefined
  }

  #keeperNow(): Keeper {
    // Its end may be known to the system before it is to this process.
    if (this.#keeper !== undefined && lives(this.#keeper.identity)) return this.#keeper
    const keeper = new Keeper(
      ({ path, facts }) => this.#runs.get(path)?.take(facts),
      () => this.#lose(keeper),
    )
    this.#keeper = keeper
    return keeper
  }

  /** The keeper was killed: what it did not write has to be seen from here. */
  #lose(keeper: Keeper): void {
    if (this.#keeper === keeper) this.#keeper = undefined
    for (const run of this.#runs.values()) {
      if (run.keeper === keeper.identity) this.#watch.add(run)
    }
  }
}

/** For a spoiled record: no process has this id. */
const unknownKeeper = { pid: 0, startTime: 0 }

function isOf(name: RunName, wanted: RunName | undefined): boolean {
  return (
    wanted?.frameworkId === name.frameworkId &&
    wanted.executorId === name.executorId &&
    wanted.taskId === name.taskId
  )
}

function createdAt({ wanted }: FoundRecord): number {
  return wanted?.createdAtMs ?? 0
}
