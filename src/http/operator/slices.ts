import { Readable } from 'node:stream'

/** How long others may have to wait for a slice of an answer, in milliseconds. */
const sliceMs = 4
/** How much of an answer is handed over at once, in characters. */
const sliceCharacters = 128 * 1_024

/**
 * A long text that is made piece by piece, while it is read: everybody else has a turn after each
 * slice, and whoever does not read on does not make it go on.
 */
export function inSlices(pieces: Iterable<string>, now = () => performance.now()): Readable {
  const iterator = pieces[Symbol.iterator]()
  const readable: Readable = new Readable({
    highWaterMark: 2 * sliceCharacters,
    read() {
      setImmediate(() => {
        if (readable.destroyed) return
        try {
          for (const slice of nextSlice(iterator, now)) readable.push(slice)
        } catch (error) {
          readable.destroy(error instanceof Error ? error : new Error(String(error)))
        }
      })
    },
  })
  return readable
}

/** The next slice, if there is one, and nothing (null) when it was the last. */
function nextSlice(iterator: Iterator<string>, now: () => number): (string | null)[] {
  const until = now() + sliceMs
  let slice = ''
  while (slice === '' || (slice.length < sliceCharacters && now() < until)) {
    const { value, done } = iterator.next()
    if (done === true) return slice === '' ? [null] : [slice, null]
    slice += value
  }
  return [slice]
}

/** The pieces of a JSON list, from those of its items. */
export function* listOf(items: Iterable<string>): Generator<string> {
  let before = '['
  for (const item of items) {
    yield before + item
    before = ','
  }
  yield before === '[' ? '[]' : ']'
}

/** The same where each item has pieces of its own. */
export function* listOfLong(items: Iterable<Iterable<string>>): Generator<string> {
  let before = '['
  for (const pieces of items) {
    yield before
    yield* pieces
    before = ','
  }
  yield before === '[' ? '[]' : ']'
}

/** The pieces of a JSON object, from those of its fields. */
export function* objectOf(fields: Readonly<Record<string, Iterable<string>>>): Generator<string> {
  let before = '{'
  for (const [name, pieces] of Object.entries(fields)) {
    yield `${before}${JSON.stringify(name)}:`
    yield* pieces
    before = ','
  }
  yield before === '{' ? '{}' : '}'
}

/** The whole text, made in slices. */
export async function wholeText(pieces: Iterable<string>): Promise<string> {
  const iterator = pieces[Symbol.iterator]()
  const slices: string[] = []
  for (;;) {
    for (const slice of nextSlice(iterator, () => performance.now())) {
      if (slice === null) return slices.join('')
      slices.push(slice)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The pieces of each field of an object; fields without a value are left out. */
export function fieldsOf(json: Readonly<Record<string, unknown>>): Record<string, [string]> {
  const fields: Record<string, [string]> = {}
  for (const [name, value] of Object.entries(json)) {
    if (value !== undefined) fields[name] = [JSON.stringify(value)]
  }
  return fields
}
