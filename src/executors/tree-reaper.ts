import { nanoid } from 'nanoid'
import { createProcessTable, type ProcessEntry, type ProcessTable } from './process-table.ts'
import { findMembers, orphanTree, ProcessTree, restMaxMs } from './process-tree.ts'
import { sendSignal } from './spawn-command.ts'

/** First rest when somebody waits for an end: a killed process needs about this long to vanish. */
const restMinMs = 5
/**
 * Looks for what ended tasks may have left rest this many times as long as the last one took: they
 * never take more than a fiftieth of the time, however fast tasks end.
 */
const restPerLook = 50
/** A process can fork while the table is read and be missed once. */
const emptyLooksEnough = 2

/**
 * Ends process trees for certain. Looking for processes that left their group is expensive, so
 * one look at the table of processes serves all trees that need one.
 */
export class TreeReaper {
  /** Name of the variable that a tree's processes carry, with the tree's mark as its value. */
  readonly variable: string
  readonly #table: ProcessTable
  readonly #trees = new Set<ProcessTree>()
  #count = 0
  #timer: NodeJS.Timeout | undefined
  #dueAt = Number.POSITIVE_INFINITY
  /** Before this time there is no look that nobody waits for. */
  #restUntil = 0
  #looking = false

  /**
   * The table is a parameter only so that the one of other systems can be tried on this one; it
   * gets the name of the variable. The name, not the value, is unique: a nested process of ours
   * then adds its own marks without hiding these.
   */
  constructor(
    makeTable: (variable: string) => ProcessTable = createProcessTable,
    variable = `MESOSTATE_TREE_${nanoid(12).replaceAll('-', '_')}`,
  ) {
    this.variable = variable
    this.#table = makeTable(this.variable)
  }

  /** The mark of the next tree, to be put into its environment. */
  nextMark(): string {
    this.#count += 1
    return String(this.#count)
  }

  /** SIGTERM to every process of the tree, once. */
  terminate(tree: ProcessTree): void {
    this.#attend(tree, 0)
  }

  /** SIGKILL to every process of the tree until none is left. */
  kill(tree: ProcessTree): void {
    tree.doomed = true
    tree.urgent ||= !tree.exited
    tree.restMs = restMinMs
    this.#attend(tree, 0)
  }

  /** The main process just ended, by itself or otherwise: what is left of the tree dies. */
  mainExited(tree: ProcessTree): void {
    sendSignal(-tree.pid, 'SIGKILL')
    this.mainEnded(tree)
  }

  /** The same of one that ended who knows when: its group may be another one by now. */
  mainEnded(tree: ProcessTree): void {
    tree.exited = true
    tree.doomed = true
    this.#attend(tree, tree.restMs)
  }

  /** Somebody waits until ended tasks have left nothing: it looks for that without a rest. */
  hurry(): void {
    for (const tree of this.#trees) {
      if (!tree.doomed) continue
      tree.urgent = true
      tree.restMs = restMinMs
      this.#attend(tree, 0)
    }
  }

  #attend(tree: ProcessTree, delayMs: number): void {
    this.#trees.add(tree)
    const at = performance.now() + delayMs
    const waitedFor = tree.urgent || !tree.doomed
    this.#schedule(waitedFor ? at : Math.max(at, this.#restUntil))
  }

  #schedule(at: number): void {
    if (at >= this.#dueAt) return
    this.#dueAt = at
    if (this.#looking) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#look(), at - performance.now())
  }

  async #look(): Promise<void> {
    this.#looking = true
    this.#dueAt = Number.POSITIVE_INFINITY
    const startedAt = performance.now()
    // Only what was so before the table is read can be concluded from the table.
    const trees = [...this.#trees].map((tree) => {
      tree.look()
      return { tree, exited: tree.exited }
    })
    const entries = await this.#table.read().catch(() => undefined)
    const members = findMembers(
      entries ?? [],
      trees.map(({ tree }) => tree),
    )
    for (const { tree, exited } of trees) {
      // A table that could not be read (too many open files) proves nothing: look again.
      this.#treat(tree, members.get(tree) ?? [], exited && entries !== undefined)
    }
    const now = performance.now()
    this.#restUntil = now + restPerLook * (now - startedAt)
    this.#looking = false
    const dueAt = this.#dueAt
    this.#dueAt = Number.POSITIVE_INFINITY
    if (dueAt < Number.POSITIVE_INFINITY) this.#schedule(dueAt)
    for (const tree of this.#trees) this.#attend(tree, tree.restMs)
  }

  #treat(tree: ProcessTree, members: readonly ProcessEntry[], conclusive: boolean): void {
    if (!tree.doomed) {
      signalTree(tree, members, 'SIGTERM')
      this.#trees.delete(tree)
      return
    }
    const some = signalTree(tree, members, 'SIGKILL')
    tree.restMs = Math.min(2 * tree.restMs, restMaxMs)
    tree.emptyLooks = some || !conclusive ? 0 : tree.emptyLooks + 1
    if (tree.emptyLooks < emptyLooksEnough) return
    this.#trees.delete(tree)
    tree.resolveGone()
  }

  /** The ids of living processes by the mark of their tree; none when they cannot be read. */
  async find(marks: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    const entries = await this.#table.read().catch(() => [])
    const found = findMembers(entries, marks.map(orphanTree))
    return new Map(
      Array.from(found, ([{ mark }, members]) => [mark, members.map(({ pid }) => pid)]),
    )
  }

  /** A tree for a main process that was started with the mark. */
  adopt(mark: string, pid: number): ProcessTree {
    return new ProcessTree(mark, pid)
  }
}

/** Signals the group as one and the others singly; false when there was nobody to signal. */
function signalTree(
  tree: ProcessTree,
  members: readonly ProcessEntry[],
  signal: 'SIGTERM' | 'SIGKILL',
): boolean {
  tree.look()
  // Until the main process is collected its id cannot name a group of strangers.
  const asGroup = !tree.exited
  let some = asGroup && sendSignal(-tree.pid, signal)
  for (const { pid, groupId } of members) {
    if (asGroup && groupId === tree.pid) continue
    if (sendSignal(pid, signal)) some = true
  }
  return some
}
