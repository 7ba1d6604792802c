import { bytesOf } from './inputs.js'

/**
 * @typedef {object} Raw
 * @property {'master' | 'agent'} to
 * @property {(filled: (letter: string, number: number) => string | undefined) => Buffer[]} pieces
 *   what is sent, a little time apart
 * @property {'finish' | 'abort'} ending whether the sender is done after that, or gone
 */

const wrongHeads = [
  'GET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/9.9\r\nhost: x\r\n\r\n',
  'GET /health HTTP/1.0\r\n\r\n',
  'get /health http/1.1\r\nhost: x\r\n\r\n',
  'GET  /health  HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET http://[::1/state HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET //health HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n',
  'GET /state HTTP/1.1\nhost: x\n\n',
  'OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n',
  'CONNECT somewhere:443 HTTP/1.1\r\nhost: x\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n',
  'POST /api/v1 HTTP/1.1\r\nhost: x\r\n folded: y\r\n\r\n',
  'POST /api/v1 HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n',
  'POST /api/v1 HTTP/1.1\r\nhost: x\r\n: empty\r\n\r\n',
  `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
  `GET / HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(3_000)}\r\n`,
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  '\r\n\r\n\r\n\r\n',
  '',
]
const upgrade = [
  ...['GET / HTTP/1.1', 'host: x', 'connection: upgrade', 'upgrade: websocket'],
  ...['sec-websocket-version: 13', 'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==', '', ''],
].join('\r\n')

const lengths = ['-1', '1e3', '0x10', '99999999999999999999', '1, 2', '', ' ', '+5', '5 5', 'ten']
const encodings = ['chunked, chunked', 'gzip, chunked', 'identity', 'chunked;q=1', 'xchunked', '']
const chunks = [
  'zz\r\n{}\r\n0\r\n\r\n',
  'ffffffffffffffffff\r\n{}\r\n',
  '-1\r\n{}\r\n0\r\n\r\n',
  '2\r\n{}}\r\n0\r\n\r\n',
  '2;a=b\r\n{}\r\n0\r\ntrailer: x\r\n\r\n',
  '2\n{}\n0\n\n',
  `2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
  '2\r\n{}\r\n0\r\n',
]

/**
 * Something that is wrong below the requests: how a request is framed, or when it comes.
 *
 * @param {ReturnType<typeof import('./random.js').randomFor>} draw
 * @param {{ what: string, request: import('./inputs.js').Request }} made
 * @returns {{ what: string, raw: Raw }}
 */
export function wireInput(draw, { what, request }) {
  const { to } = request
  const ending = draw.pick(['finish', 'finish', 'abort'])
  const text = (name, made) => ({
    what: name,
    raw: { to, ending, pieces: () => [Buffer.from(made, 'latin1')] },
  })
  const post = `POST ${draw.pick(['/api/v1', '/api/v1/scheduler', '/api/v1/executor'])} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`
  const way = draw.weighted([
    [3, 'noise'],
    [5, 'head'],
    [3, 'length'],
    [3, 'chunks'],
    [6, 'cut'],
  ])
  switch (way) {
    case 'noise': {
      const noise = draw.bytes(draw.between(1, 200))
      const start = draw.pick(['', '', 'GET / HTTP/1.1\r\n', upgrade])
      return text('noise', `${start}${noise.toString('latin1')}`)
    }
    case 'head':
      return text('a wrong head', draw.pick(wrongHeads))
    case 'length': {
      const length = draw.pick([...lengths, '1', '3', '50'])
      const again = draw.chance(0.3) ? `content-length: ${draw.between(0, 9)}\r\n` : ''
      return text('a wrong length', `${post}content-length: ${length}\r\n${again}\r\n{"type":"X"}`)
    }
    case 'chunks': {
      const encoding = draw.chance(0.6) ? 'chunked' : draw.pick(encodings)
      const length = draw.chance(0.3) ? 'content-length: 3\r\n' : ''
      const head = `${post}transfer-encoding: ${encoding}\r\n${length}\r\n`
      return text('wrong chunks', head + draw.pick(chunks))
    }
    default:
      return { what: `${what}, slow or cut`, raw: { to, ending, pieces: cut(draw, request) } }
  }
}

/** A request in pieces, of which the last may be missing. */
function cut(draw, request) {
  const places = [draw.next(), draw.next()].sort()
  const isWhole = draw.chance(0.5)
  return (filled) => {
    const bytes = bytesOf(request, filled)
    const [first, second] = places.map((place) => Math.floor(place * bytes.length))
    const pieces = [bytes.subarray(0, first), bytes.subarray(first, second)]
    return isWhole ? [...pieces, bytes.subarray(second)] : pieces
  }
}
