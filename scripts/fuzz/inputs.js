import { gzipSync } from 'node:zlib'
import { damage, mutate } from './mutations.js'
import { executorCall, operatorCall, plainRequest } from './other-calls.js'
import { randomFor } from './random.js'
import { schedulerCall } from './scheduler-calls.js'
import { wireInput } from './wire-inputs.js'

/**
 * @typedef {object} Request
 * @property {'master' | 'agent'} to
 * @property {string} method
 * @property {string} path
 * @property {readonly (readonly [string, string])[]} headers
 * @property {unknown} [json] the body as long as it may be changed; then it is `text`
 * @property {string} [text]
 * @property {boolean} [isGzip]
 * @property {(bytes: Buffer) => Buffer} [spoil] damages the finished body
 *
 * @typedef {object} Input
 * @property {number} index
 * @property {string} what
 * @property {Request} [request] one that is framed as it should be
 * @property {import('./wire-inputs.js').Raw} [raw] bytes as they go over a connection of their own
 */

const json = ['content-type', 'application/json']
const acceptsJson = ['accept', 'application/json']
const random = ['text/plain', 'application/x-protobuf', 'application/json; charset=utf-8', '', 'x']

/** Heads that say something else than they should. None of them changes where a body ends. */
const oddHeaders = [
  (draw) => ['content-type', draw.pick(random)],
  (draw) => ['accept', draw.pick(['text/html', '', 'application/json;q=0', '*/*;q=x', ',,,'])],
  (draw) => ['content-encoding', draw.pick(['gzip', 'br', 'x-gzip', 'gzip, gzip', ''])],
  (draw) => ['mesos-stream-id', draw.pick(['', 'x', '@M1', 'x'.repeat(129), '\u00e9'])],
  (draw) => ['authorization', draw.pick(['Basic !!!', 'Basic', 'Bearer a.b.c', 'Basic OnA='])],
  (draw) => ['x'.repeat(draw.between(1, 200)), 'y'.repeat(draw.between(0, 2_000))],
  () => ['expect', '100-continue'],
  () => ['x-forwarded-for', '\u00ff'],
  () => ['cookie', '__proto__=1'],
]

/**
 * The input of that number in the run of that seed.
 *
 * @param {number} seed @param {number} index
 * @returns {Input}
 */
export function inputAt(seed, index) {
  const draw = randomFor(seed, index)
  const isFramedWrong = draw.chance(0.08)
  const made = request(draw, index)
  if (isFramedWrong) {
    return { index, ...wireInput(draw, { ...made, request: finished(made.request) }) }
  }
  const way = draw.weighted([
    [4, 'as it should be'],
    [12, 'wrong values'],
    [4, 'damaged bytes'],
    [2, 'odd headers'],
    [1, 'odd method'],
  ])
  const what = `${made.what}, ${way}`
  return { index, what, request: finished(spoiled(draw, made.request, way)) }
}

/** A request that is as it should be. */
function request(draw, index) {
  const kind = draw.weighted([
    [10, 'scheduler'],
    [4, 'executor'],
    [5, 'operator'],
    [3, 'plain'],
  ])
  switch (kind) {
    case 'scheduler': {
      const { slot, json: call } = schedulerCall(draw, index)
      const stream = call.type === 'SUBSCRIBE' ? [] : [['mesos-stream-id', `@M${slot}`]]
      return api(call, { to: 'master', path: '/api/v1/scheduler' }, stream)
    }
    case 'executor':
      return api(executorCall(draw), { to: 'agent', path: '/api/v1/executor' })
    case 'operator':
      return api(operatorCall(draw), {
        to: draw.pick(['master', 'master', 'agent']),
        path: '/api/v1',
      })
    default: {
      const { method, path, body } = plainRequest(draw)
      const to = draw.pick(['master', 'agent'])
      const form = ['content-type', 'application/x-www-form-urlencoded']
      const headers = method === 'GET' ? [] : [form]
      return { what: `${method} ${path}`, request: { to, method, path, headers, text: body } }
    }
  }
}

function api(call, where, more = []) {
  const headers = [json, acceptsJson, ...more]
  return {
    what: `${where.to} ${where.path} ${call.type}`,
    // Calls share parts of which some are changed later.
    request: { ...where, method: 'POST', headers, json: structuredClone(call) },
  }
}

function spoiled(draw, request, way) {
  switch (way) {
    case 'wrong values':
      return withWrongValues(draw, request)
    case 'damaged bytes': {
      // What is drawn must not depend on what the bytes are once all is filled in.
      const number = draw.between(0, 2 ** 31)
      return {
        ...request,
        isGzip: draw.chance(0.2),
        spoil: (bytes) => damage(randomFor(number, 0), bytes),
      }
    }
    case 'odd headers': {
      const [name, value] = draw.pick(oddHeaders)(draw)
      const others = request.headers.filter(([known]) => known !== name)
      const isLeftOut = draw.chance(0.3)
      return { ...request, headers: isLeftOut ? others : [...others, [name, value]] }
    }
    case 'odd method': {
      const method = draw.pick(['GET', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'PROPFIND'])
      return { ...request, method }
    }
    default:
      return { ...request, isGzip: draw.chance(0.05) }
  }
}

function withWrongValues(draw, request) {
  if (request.json === undefined) {
    return { ...request, text: damage(draw, Buffer.from(request.text)).toString('latin1') }
  }
  const holder = { json: request.json }
  // The call as a whole may be replaced, too, but seldom.
  mutate(draw, draw.chance(0.03) ? holder : request.json)
  return { ...request, json: holder.json }
}

/** From now on the body is a text. */
function finished({ json: call, ...request }) {
  return call === undefined ? request : { ...request, text: JSON.stringify(call) }
}

/** What `@N…` stands for: values that cannot be written otherwise. */
const written = [
  ...['1e400', '-1e400', '1e-400', '123456789012345678901234567890', 'NaN', '+1', '007'],
  `${'['.repeat(4_000)}${']'.repeat(4_000)}`,
  `${'{"value":'.repeat(100_000)}0${'}'.repeat(100_000)}`,
]

/** Fills in what stands for something: `filled` knows what is there now. */
export function textOf(template, filled) {
  return template
    .replace(/"@N(\d)"/g, (_all, number) => written[number] ?? '0')
    .replace(/@([A-Z])(\d)/g, (all, letter, number) => filled(letter, Number(number)) ?? all)
}

/**
 * The bytes of a request, framed as they should be.
 *
 * @param {Request} request @param {(letter: string, number: number) => string | undefined} filled
 */
export function bytesOf({ method, path, headers, text, isGzip, spoil }, filled) {
  const whole = Buffer.from(textOf(text ?? '', filled))
  const packed = isGzip === true ? gzipSync(whole) : whole
  const body = spoil === undefined ? packed : spoil(packed)
  const lines = headers.map(([name, value]) => `${name}: ${textOf(value, filled)}`)
  if (isGzip === true) lines.push('content-encoding: gzip')
  const head = [`${method} ${textOf(path, filled)} HTTP/1.1`, 'host: fuzz', ...lines]
  head.push(`content-length: ${body.length}`)
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body])
}

/** Whether the answer may be a stream, which has no end. */
export function mayStream({ text }) {
  return text?.includes('SUBSCRIBE') === true
}
