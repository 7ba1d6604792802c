import type { RunEnding } from '../model/executor/book.ts'
import type { KeptFacts } from './keeper-messages.ts'
import { lives, type ProcessIdentity } from './process-identity.ts'
import { orphanTree, ProcessTree } from './process-tree.ts'
import type { ProcessExit, ProcessListener, TaskProcess } from './processes.ts'
import type { RunRecords } from './run-records.ts'
import type { TreeReaper } from './tree-reaper.ts'

export interface KeptRunParts {
  readonly id: string
  readonly sandbox: string
  readonly keeper: ProcessIdentity
  /** It was begun under an earlier process of the agent. */
  readonly isResumed: boolean
  /** The machine was started anew since it began: no process of it is left. */
  readonly isFromBefore: boolean
  readonly records: RunRecords
  readonly reaper: TreeReaper
  readonly listener: ProcessListener
  readonly onClosed: (run: KeptRun) => void
}

/** Why a process ended without anybody who could tell how. */
const unseen = 'it ended while nobody watched it, so nobody knows how'
const rebooted = 'the machine was started anew while it ran'
const neverBegan = 'the process that was to start it ended before it did'

/** A process that its keeper started, or will start, as what its record says of it. */
export class KeptRun implements TaskProcess {
  readonly id: string
  readonly sandbox: string
  readonly keeper: ProcessIdentity
  readonly gone: Promise<void>
  /** Its end, or that it never began, is known. */
  isOver = false
  /** Whether the process that will write down its end lived when it was last looked at. */
  isKept = true
  readonly #parts: KeptRunParts
  #tree: ProcessTree | undefined
  /** What it was asked for before it was known. */
  #asked: 'terminate' | 'kill' | undefined
  /** Why it was asked to end, also by an earlier process of the agent. */
  #stopped: RunEnding | undefined
  #resolveGone = () => {}
  #listener: ProcessListener | undefined
  #isClosing = false
  /** Whoever closes it waits until it is known whether it ever began. */
  #onKnown = () => {}

  constructor(parts: KeptRunParts) {
    this.#parts = parts
    this.id = parts.id
    this.sandbox = parts.sandbox
    this.keeper = parts.keeper
    this.#listener = parts.listener
    this.gone = new Promise((resolve) => {
      this.#resolveGone = resolve
    })
  }

  get mark(): string {
    return this.id
  }

  /** Something is on its record; it may be known already. */
  take({ process, stopped, refused, exit }: KeptFacts): void {
    if (this.isOver) return
    this.#stopped ??= stopped
    if (refused !== undefined) {
      this.isOver = true
      this.#listener?.refused(Object.assign(new Error(refused.message), refused))
    } else if (exit !== undefined) this.#end(exit)
    else if (process === undefined || this.#tree !== undefined) return
    else if (!this.#follow(process)) return
    this.#onKnown()
  }

  /** It has begun; false when it has ended already, which is about to be told. */
  #follow({ pid, startTime, startedAtMs }: NonNullable<KeptFacts['process']>): boolean {
    const { isResumed, reaper } = this.#parts
    const tree = new ProcessTree(this.id, pid, startTime)
    if (isResumed && tree.look()) return false
    this.#tree = tree
    if (this.#asked !== undefined) reaper[this.#asked](tree)
    const stopped = this.#stopped
    if (!isResumed) this.#listener?.started()
    else this.#listener?.started({ startedAtMs, ...(stopped && { stopped }) })
    return true
  }

  /** Reads its record, and finds out itself what its keeper did not live to write. */
  look(): void {
    if (this.isOver) return
    const { records, isFromBefore, isResumed } = this.#parts
    // Asked before reading: what a keeper that is gone did not write will never be there.
    this.isKept = !isFromBefore && lives(this.keeper)
    const found = records.find(this.id)
    const { process: _, ...ends } = found?.facts ?? {}
    this.take(isFromBefore ? ends : (found?.facts ?? {}))
    if (this.isOver) return
    // Whoever was to tell the keeper of it may have ended before: nobody can wait for that.
    if (found?.stage === 'wanted' && (isResumed || !this.isKept)) this.withdraw()
    else if (isFromBefore) this.#lose(rebooted)
    else if (this.isKept && found !== undefined) return
    else if (this.#tree === undefined ? !this.isKept : this.#tree.look()) this.#lose(unseen)
  }

  /** Makes sure that it never begins, if it has not; nobody may know whether its keeper lives. */
  withdraw(): void {
    if (!this.isOver && this.#parts.records.withdraw(this.id)) this.#miss()
  }

  /** The first reason is written down, so that the next agent knows why it ends. */
  stop(how: 'terminate' | 'kill', why?: RunEnding): void {
    if (why !== undefined && this.#stopped === undefined) {
      this.#stopped = why
      this.#parts.records.append(this.id, { stopped: why })
    }
    if (this.#tree !== undefined) this.#parts.reaper[how](this.#tree)
    else if (this.#asked !== 'kill') this.#asked = how
  }

  /** Lets go of it: to close it means nothing any more. */
  leave(): void {
    this.#listener = undefined
    this.#isClosing = true
    this.#resolveGone()
  }

  close(): Promise<void> {
    this.#listener = undefined
    if (!this.#isClosing) void this.#close()
    return this.gone
  }

  async #close(): Promise<void> {
    this.#isClosing = true
    try {
      await this.#endForGood()
    } catch {
      // A record that cannot be removed is one that the next agent ends and removes.
    }
    this.#parts.onClosed(this)
    this.#resolveGone()
  }

  async #endForGood(): Promise<void> {
    const { id, records, reaper } = this.#parts
    this.withdraw()
    if (this.isOver) records.retire(id)
    else if (this.#tree === undefined) {
      await new Promise<void>((resolve) => {
        this.#onKnown = resolve
      })
    }
    if (this.#tree !== undefined) {
      reaper.kill(this.#tree)
      await this.#tree.gone
    }
    records.remove(id)
  }

  /** There is no trace of how it ended. */
  #lose(problem: string): void {
    this.#end({ problem })
    this.#onKnown()
  }

  #miss(): void {
    this.isOver = true
    this.#listener?.refused(new Error(neverBegan))
    this.#onKnown()
  }

  /** What is left of it has to go; by its mark alone when its id may be somebody else's by now. */
  #end(exit: ProcessExit): void {
    this.isOver = true
    const { isFromBefore, reaper } = this.#parts
    if (!isFromBefore) {
      this.#tree ??= orphanTree(this.id)
      reaper.mainEnded(this.#tree)
    }
    const stopped = this.#parts.isResumed ? this.#stopped : undefined
    this.#listener?.exited({ ...exit, ...(stopped && { stopped }) })
  }
}
