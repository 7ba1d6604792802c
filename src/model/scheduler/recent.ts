import type { Recent } from './book.ts'

/** How many of a generation are remembered: far more than can be on their way. */
const recentMax = 10_000

/** Whether it is new. */
export function remember(recent: Recent, id: string): boolean {
  if (isAmong(recent, id)) return false
  if (recent.newer.size >= recentMax) {
    recent.older = recent.newer
    recent.newer = new Set()
  }
  recent.newer.add(id)
  return true
}

export function isAmong({ newer, older }: Recent, id: string): boolean {
  return newer.has(id) || older.has(id)
}

export function forget({ newer, older }: Recent, id: string): void {
  newer.delete(id)
  older.delete(id)
}
