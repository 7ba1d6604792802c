/** A state that must not be: the actor that meets it crashes, and its watchers are told. */
export class ImpossibleStateError extends Error {
  override readonly name = 'ImpossibleStateError'
}

/** Stays on in production: a wrong book is worse than a dead actor. */
export function assert(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new ImpossibleStateError(message())
}

/** The value of a key that must be there. */
export function existing<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key, what: string): Value {
  const value = map.get(key)
  if (value !== undefined) return value
  throw new ImpossibleStateError(`${what} ${String(key)} is not in the book`)
}
