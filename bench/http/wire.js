import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'

/** The clients' end of the wire, lean, so that the clients are not what is measured. */

/** Cuts a stream of records ("<bytes>\n<JSON>") into events. */
export function recordReader(take) {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      const newline = rest.indexOf(10)
      if (newline < 0) return
      const end = newline + 1 + Number(rest.latin1Slice(0, newline))
      if (rest.length < end) return
      const event = JSON.parse(rest.utf8Slice(newline + 1, end))
      rest = rest.subarray(end)
      take(event)
    }
  }
}

/** Sends SUBSCRIBE and hands on the events of the answer; resolves as soon as its head is there. */
export async function openStream(url, call, { headers = {}, onEvent, onEnd }) {
  const asked = request(url, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
  })
  asked.setNoDelay(true)
  asked.end(JSON.stringify(call))
  const [answer] = await once(asked, 'response')
  if (answer.statusCode !== 200) throw new Error(`SUBSCRIBE was answered ${answer.statusCode}`)
  answer.on('data', recordReader(onEvent))
  // The other end may be killed, which is an error of the connection and no more than its end.
  answer.on('error', () => {}).on('close', () => onEnd?.())
  return { streamId: answer.headers['mesos-stream-id'], close: () => asked.destroy() }
}

/**
 * Calls over one connection that is kept, up to `windowMax` of them under way, as Mesos' own client
 * has it. Any answer but 202 is remembered in `refused`.
 */
export class Calls {
  refused = []
  #socket
  #head
  #windowMax
  #waiting = []
  #underWay = 0
  #rest = ''
  #unsent = []
  #idle = []

  constructor(url, { headers = {}, windowMax = 64 } = {}) {
    const { hostname, port, pathname, host } = new URL(url)
    const lines = { 'content-type': 'application/json', accept: 'application/json', ...headers }
    const listed = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`)
    this.#head = `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\n${listed.join('')}content-length: `
    this.#windowMax = windowMax
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true })
    this.#socket.setEncoding('latin1').on('data', (text) => this.#read(text))
    this.#socket.on('error', ({ message }) => this.refused.push(message))
    this.#socket.on('close', () => this.#lost())
  }

  post(call) {
    const body = JSON.stringify(call)
    const bytes = `${this.#head}${Buffer.byteLength(body)}\r\n\r\n${body}`
    if (this.#underWay < this.#windowMax) this.#send(bytes)
    else this.#waiting.push(bytes)
  }

  /** Resolves when every call so far is answered. */
  answered() {
    if (this.#underWay === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#idle.push(resolve)
    })
  }

  close() {
    this.#socket.destroy()
  }

  #send(bytes) {
    this.#underWay++
    // One write for all calls of a turn.
    if (this.#unsent.push(bytes) > 1) return
    setImmediate(() => this.#socket.write(this.#unsent.splice(0).join('')))
  }

  #read(text) {
    this.#rest += text
    for (;;) {
      const body = this.#rest.indexOf('\r\n\r\n') + 4
      if (body < 4) return
      const head = this.#rest.slice(0, body)
      const length = /^content-length: *(\d+)/im.exec(head)?.[1]
      if (length === undefined) throw new Error(`an answer without a length:\n${head}`)
      const end = body + Number(length)
      if (this.#rest.length < end) return
      this.#answer(head, this.#rest.slice(body, end))
      this.#rest = this.#rest.slice(end)
    }
  }

  #answer(head, body) {
    if (head.slice(9, 12) !== '202') this.refused.push(`${head.slice(9, 12)} ${body}`)
    this.#underWay--
    const next = this.#waiting.shift()
    if (next !== undefined) this.#send(next)
    if (this.#underWay === 0) this.#release()
  }

  #lost() {
    if (this.#underWay > 0) this.refused.push(`${this.#underWay} calls were never answered`)
    this.#release()
  }

  #release() {
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}
