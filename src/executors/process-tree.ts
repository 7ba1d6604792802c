import { lives } from './process-identity.ts'
import type { ProcessEntry } from './process-table.ts'

/** Longest rest between looks for a tree: one look then serves all tasks that ended meanwhile. */
export const restMaxMs = 200

/** An id that no process, session or group ever has. */
const noProcess = -1

/** All processes of one task: its main process and whatever came out of that. */
export class ProcessTree {
  /** Value of the marker variable in the environment of the tree's processes. */
  readonly mark: string
  /** The main process, leader of its session and group. */
  readonly pid: number
  /** Resolves when no process of the tree is left. */
  readonly gone: Promise<void>
  readonly resolveGone: () => void
  /** The main process ended and was collected. From here on the system may give its id away. */
  exited = false
  /** All of it has to die: it was killed, or its main process ended. */
  doomed = false
  /** Somebody waits for its end. */
  urgent = false
  /** Rest until the next look for it. */
  restMs = restMaxMs
  /** How many looks in a row found nothing of it. */
  emptyLooks = 0

  readonly #startTime: number | undefined

  /** With the start time of a main process that is no child of this one: nobody tells its end. */
  constructor(mark: string, pid: number, startTime?: number) {
    this.mark = mark
    this.pid = pid
    this.#startTime = startTime
    let resolveGone = () => {}
    this.gone = new Promise((resolve) => {
      resolveGone = resolve
    })
    this.resolveGone = resolveGone
  }

  /** Whether its main process ended; seen for itself, so that no stranger is taken for it. */
  look(): boolean {
    const startTime = this.#startTime
    if (!this.exited && startTime !== undefined) {
      try {
        this.exited = !lives({ pid: this.pid, startTime })
      } catch {
        // Not to know it is not its end.
      }
    }
    return this.exited
  }
}

/** What is left of a tree whose main process was never known. */
export function orphanTree(mark: string): ProcessTree {
  const tree = new ProcessTree(mark, noProcess)
  tree.exited = true
  return tree
}

/**
 * Which living processes belong to which tree: those with the tree's mark, those in the session or
 * group of its main process, and all their descendants. Lost is only a process that changed its
 * session, cleared its environment and outlived its parent, all before anybody looked.
 */
export function findMembers(
  entries: readonly ProcessEntry[],
  trees: Iterable<ProcessTree>,
): Map<ProcessTree, readonly ProcessEntry[]> {
  const found = new Map<ProcessTree, ProcessEntry[]>()
  const byMark = new Map<string, ProcessTree>()
  const byMain = new Map<number, ProcessTree>()
  const living = new Set(entries.map((entry) => entry.pid))
  for (const tree of trees) {
    found.set(tree, [])
    byMark.set(tree.mark, tree)
    // The system gives no id away that names a session or group with members. So a process with
    // the id of a collected one proves that nothing of the old session and group is left.
    if (!tree.exited || !living.has(tree.pid)) byMain.set(tree.pid, tree)
  }
  const children = new Map<number, ProcessEntry[]>()
  const reached: [ProcessEntry, ProcessTree][] = []
  for (const entry of entries) {
    const siblings = children.get(entry.parentId)
    if (siblings === undefined) children.set(entry.parentId, [entry])
    else siblings.push(entry)
    const tree =
      (entry.mark === undefined ? undefined : byMark.get(entry.mark)) ??
      byMain.get(entry.pid) ??
      byMain.get(entry.sessionId) ??
      byMain.get(entry.groupId)
    if (tree !== undefined) reached.push([entry, tree])
  }
  const seen = new Set([process.pid])
  for (let next = reached.pop(); next !== undefined; next = reached.pop()) {
    const [entry, tree] = next
    if (seen.has(entry.pid)) continue
    seen.add(entry.pid)
    found.get(tree)?.push(entry)
    for (const child of children.get(entry.pid) ?? []) reached.push([child, tree])
  }
  return found
}
