/** What is wrong with a value where another one belongs. `@N…` becomes a number that JSON lacks. */
const nasty = [
  ...[null, true, false, 0, -0, -1, 1, 0.0005, 1e308, -1e308, 5e-324, 2 ** 53, -(2 ** 63), 4e9],
  ...['', ' ', 'NaN', 'Infinity', '-Infinity', '1e999', '0x10', '-1', 'a/b', '..', '.', '*', 'a b'],
  ...[
    '\u0000',
    '\ud800',
    '\u202e',
    'ﬀ',
    '💥',
    '__proto__',
    'constructor',
    'toString',
    '!!!!',
    '==',
  ],
  ...['@N0', '@N1', '@N2', '@N3', '@N4', '@N5', '@N6', '@F1', '@A1', '@O1', '@T1', '@U1', 'eng/a'],
  ...[[], {}, [[]], [null], [{}], { value: null }, { value: {} }, { value: [] }, { type: null }],
  ...[{ nanoseconds: 1e300 }, { nanoseconds: 'x' }, { begin: 5, end: 1 }, { value: -1 }],
]

const big = [
  () => 'x'.repeat(300),
  () => 'é'.repeat(70_000),
  () => Array.from({ length: 1_000 }, () => null),
  () => Array.from({ length: 300 }, (_, index) => ({ value: `${index % 7}` })),
  () => nest(95),
  () => nest(101),
  () => '@N7',
  () => '@N8',
  () => JSON.parse('{"__proto__": {"value": 1}, "constructor": {"prototype": null}}'),
]

function nest(depth) {
  let value = {}
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { value }
  return value
}

/** Every place in a value: whose it is, and under which key. */
function placesIn(value, places = []) {
  if (typeof value !== 'object' || value === null) return places
  for (const key of Object.keys(value)) {
    places.push([value, key])
    placesIn(value[key], places)
  }
  return places
}

const ways = [
  [6, (random, owner, key) => assign(owner, key, structuredClone(random.pick(nasty)))],
  [0.4, (random, owner, key) => assign(owner, key, random.pick(big)())],
  [2, (_random, owner, key) => void delete owner[key]],
  [1, (_random, owner, key) => assign(owner, key, [owner[key], owner[key]])],
  [1, (_random, owner, key) => assign(owner, key, { value: owner[key] })],
  [1, (random, owner, key, places) => assign(owner, key, elsewhere(random, places))],
  [0.5, (_random, owner, key) => assign(owner, key, emptied(owner[key]))],
]

function elsewhere(random, places) {
  const [owner, key] = random.pick(places)
  return structuredClone(owner[key])
}

function assign(owner, key, value) {
  Object.defineProperty(owner, key, { value, enumerable: true, configurable: true, writable: true })
}

/** The same shape, full of nulls. */
function emptied(value) {
  if (Array.isArray(value)) return value.map(emptied)
  if (typeof value !== 'object' || value === null) return null
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, emptied(part)]))
}

/**
 * Changes a value of JSON in a few places, in place.
 *
 * @param {ReturnType<typeof import('./random.js').randomFor>} random
 */
export function mutate(random, json) {
  for (
    let left = random.weighted([
      [3, 1],
      [2, 2],
      [1, 4],
    ]);
    left > 0;
    left--
  ) {
    const places = placesIn(json)
    if (places.length === 0) return
    const [owner, key] = random.pick(places)
    random.weighted(ways)(random, owner, key, places)
  }
}

const junk = ['\ufeff', '{', '[', '"', '\\', ',', ']', '}', '0', 'e', '\n', '\t', 'null', '\\u']
const notUtf8 = [[0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xff], [0xfe], [0xf5, 0x80], [0xe2, 0x82]]

/**
 * Damages bytes, whatever they mean.
 *
 * @param {ReturnType<typeof import('./random.js').randomFor>} random @param {Buffer} bytes
 */
export function damage(random, bytes) {
  const at = Math.floor(random.next() * bytes.length)
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)]
  const way = random.weighted([
    [4, 'cut'],
    [3, 'put'],
    [3, 'break'],
    [2, 'flip'],
    [1, 'noise'],
  ])
  switch (way) {
    case 'cut':
      return head
    case 'put':
      return Buffer.concat([head, Buffer.from(random.pick(junk)), tail])
    case 'break':
      return Buffer.concat([head, Buffer.from(random.pick(notUtf8)), tail])
    case 'flip': {
      const copy = Buffer.from(bytes)
      if (copy.length > 0) copy[at] ^= 1 << random.between(0, 7)
      return copy
    }
    default:
      return random.bytes(random.between(0, 64))
  }
}
