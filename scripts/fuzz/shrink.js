/**
 * The fewest of these items that still fail, as far as can be found with so many tries: halves,
 * quarters, … are left out for as long as that goes well.
 *
 * @template Item
 * @param {readonly Item[]} items which fail
 * @param {(items: readonly Item[]) => Promise<boolean>} fails
 * @param {{ left: number }} tries
 * @returns {Promise<readonly Item[]>}
 */
export async function fewest(items, fails, tries) {
  let kept = items
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < kept.length && kept.length > 1; ) {
      if (tries.left-- <= 0) return kept
      const others = [...kept.slice(0, from), ...kept.slice(from + size)]
      if (others.length > 0 && (await fails(others))) kept = others
      else from += size
    }
  }
  return kept
}

/**
 * The same request with less in it that still fails: without headers, with fewer fields, shorter
 * texts.
 *
 * @param {import('./inputs.js').Request} request which fails
 * @param {(request: import('./inputs.js').Request) => Promise<boolean>} fails
 * @param {{ left: number }} tries
 */
export async function shortest(request, fails, tries) {
  let kept = request
  for (let isShorter = true; isShorter; ) {
    isShorter = false
    for (const candidate of shorter(kept)) {
      if (tries.left-- <= 0) return kept
      if (!(await fails(candidate))) continue
      kept = candidate
      isShorter = true
      break
    }
  }
  return kept
}

function* shorter(request) {
  for (const header of request.headers) {
    yield { ...request, headers: request.headers.filter((other) => other !== header) }
  }
  if (request.spoil !== undefined) return
  const value = parsed(request.text)
  if (value === undefined) return
  for (const less of lessThan(value)) yield { ...request, text: JSON.stringify(less) }
}

/** Nothing where the body is no JSON: it is short enough then, or damaged. */
function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The same value without one part, the outermost first. */
function* lessThan(value) {
  if (typeof value === 'string' && value.length > 40) yield value.slice(0, 20)
  if (typeof value !== 'object' || value === null) return
  const keys = Object.keys(value)
  for (const key of keys) yield without(value, key)
  for (const key of keys) {
    for (const less of lessThan(value[key])) yield withPart(value, key, less)
  }
}

function without(value, key) {
  if (Array.isArray(value)) return value.filter((_item, index) => String(index) !== key)
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
}

function withPart(value, key, part) {
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? part : item))
  return Object.fromEntries(
    Object.entries(value).map(([name, old]) => [name, name === key ? part : old]),
  )
}
