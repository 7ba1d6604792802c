import type { ForkNews } from './fork-messages.ts'
import { orphanTree, type ProcessTree } from './process-tree.ts'
import type { ProcessExit, ProcessListener, TaskProcess } from './processes.ts'
import type { TreeReaper } from './tree-reaper.ts'

export interface ForkedRunParts {
  readonly sandbox: string
  readonly mark: string
  readonly reaper: TreeReaper
  readonly listener: ProcessListener
}

/** Why a process ended without anybody who could tell how. */
const unseen = 'the process that had started it was killed, so nobody knows how it ended'

/** A process that the fork server began, or will begin, as what it tells of it. */
export class ForkedRun implements TaskProcess {
  readonly sandbox: string
  readonly mark: string
  readonly gone: Promise<void>
  readonly #reaper: TreeReaper
  #listener: ProcessListener | undefined
  #tree: ProcessTree | undefined
  /** What it was asked for before it began. */
  #asked: 'terminate' | 'kill' | undefined
  #resolveGone = () => {}

  constructor({ sandbox, mark, reaper, listener }: ForkedRunParts) {
    this.sandbox = sandbox
    this.mark = mark
    this.#reaper = reaper
    this.#listener = listener
    this.gone = new Promise((resolve) => {
      this.#resolveGone = resolve
    })
  }

  take(news: ForkNews): void {
    switch (news.type) {
      case 'began':
        return this.#begin(news.pid)
      case 'refused':
        this.#listener?.refused(Object.assign(new Error(news.code), { code: news.code }))
        return this.#resolveGone()
      case 'ended':
        return this.#end(news.exit)
    }
  }

  /** Whoever was to tell its end is gone. It may run; its mark finds it. */
  lose(): void {
    if (this.#tree === undefined) this.#listener?.started()
    this.#end({ problem: unseen })
  }

  stop(how: 'terminate' | 'kill'): void {
    if (this.#tree !== undefined) this.#reaper[how](this.#tree)
    else if (this.#asked !== 'kill') this.#asked = how
  }

  close(): Promise<void> {
    this.#listener = undefined
    this.stop('kill')
    return this.gone
  }

  #begin(pid: number): void {
    this.#follow(this.#reaper.adopt(this.mark, pid))
    if (this.#asked !== undefined) this.stop(this.#asked)
    this.#listener?.started()
  }

  #end(exit: ProcessExit): void {
    const tree = this.#tree ?? this.#follow(orphanTree(this.mark))
    this.#reaper.mainEnded(tree)
    this.#listener?.exited(exit)
  }

  #follow(tree: ProcessTree): ProcessTree {
    this.#tree = tree
    void tree.gone.then(this.#resolveGone)
    return tree
  }
}
