import type { StoredChanges, StoredRecords } from '../actors/ports.ts'

/** Changes as a disk takes them: texts, which nobody changes afterwards. */
export type EncodedChanges = ReadonlyMap<string, string | undefined>

/** What is given may change later; what is to be taken away stays nothing. */
export function encoded(changes: StoredChanges): EncodedChanges {
  const texts = new Map<string, string | undefined>()
  for (const [key, value] of changes) {
    texts.set(key, value === undefined ? undefined : JSON.stringify(value))
  }
  return texts
}

/** Records as texts by key, for storages that live in memory. */
export class Texts {
  readonly #kept = new Map<string, string>()

  apply(changes: EncodedChanges): void {
    for (const [key, text] of changes) {
      if (text === undefined) this.#kept.delete(key)
      else this.#kept.set(key, text)
    }
  }

  clear(): void {
    this.#kept.clear()
  }

  get(key: string): string | undefined {
    return this.#kept.get(key)
  }

  /** All of a kind: under its name and a slash. */
  under(kind: string): string[] {
    return [...this.#kept].flatMap(([key, text]) => (key.startsWith(`${kind}/`) ? [text] : []))
  }

  records(): StoredRecords {
    return new Map([...this.#kept].map(([key, text]) => [key, JSON.parse(text)]))
  }
}
