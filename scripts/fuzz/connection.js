import { connect } from 'node:net'

/**
 * @typedef {object} Answer
 * @property {number} status 0 when the connection ended without one
 * @property {number} tookMs until its head was there, and for answers with an end until that
 */

/**
 * A connection on which requests may follow each other before the answers are there, and which
 * reads answers byte by byte: no client stands between.
 */
export class Connection {
  #socket
  #waiting = []
  #text = ''
  #left = 0
  #mode = 'head'
  #status = 0
  #onRecord
  /** Where it goes to. */
  port
  /** Resolves when it is over. */
  closed

  /** @param {number} port @param {(text: string) => void} [onRecord] hears chunks of streams */
  constructor(port, onRecord) {
    this.port = port
    this.#onRecord = onRecord
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('data', (chunk) => this.#take(chunk.toString('latin1')))
    this.#socket.on('error', () => {})
    this.closed = new Promise((closed) => {
      this.#socket.on('close', () => {
        for (const { answered } of this.#waiting.splice(0)) answered({ status: 0, tookMs: 0 })
        closed()
      })
    })
  }

  get isOpen() {
    return !this.#socket.destroyed
  }

  /** How many answers are awaited. */
  get waiting() {
    return this.#waiting.length
  }

  /**
   * @param {Buffer} bytes of one whole request
   * @param {{ isHead?: boolean, mayStream?: boolean }} [about]
   * @returns {Promise<Answer>}
   */
  ask(bytes, { isHead = false, mayStream = false } = {}) {
    return new Promise((answered) => {
      if (!this.isOpen) return answered({ status: 0, tookMs: 0 })
      this.#waiting.push({ isHead, mayStream, answered, sentAtMs: performance.now() })
      this.#socket.write(bytes)
    })
  }

  /** Writes what need not be a request. */
  write(bytes) {
    if (this.isOpen) this.#socket.write(bytes)
  }

  /** All is said; the other side may go on. */
  finish() {
    this.#socket.end()
  }

  destroy() {
    this.#socket.destroy()
  }

  /** All that came, when nobody asked for it: the statuses in it. */
  get statuses() {
    return [...this.#text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
  }

  #take(text) {
    this.#text += text
    if (this.#waiting.length === 0 && this.#mode === 'head') return
    while (this.#step());
  }

  /** Reads what can be read; returns whether there may be more. */
  #step() {
    switch (this.#mode) {
      case 'head':
        return this.#readHead()
      case 'body':
        return this.#readBody()
      case 'chunk':
        return this.#readChunk()
      default:
        return false
    }
  }

  #readHead() {
    const end = this.#text.indexOf('\r\n\r\n')
    const [first] = this.#waiting
    if (end < 0 || first === undefined) return false
    const head = this.#text.slice(0, end)
    this.#text = this.#text.slice(end + 4)
    this.#status = Number(head.slice(9, 12))
    if (this.#status < 200) return true
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? []
    if (first.isHead || this.#status === 204 || this.#status === 304) this.#done()
    else if (/\r\ntransfer-encoding: *chunked/i.test(head)) this.#mode = 'chunk'
    else {
      this.#left = Number(length ?? 0)
      this.#mode = 'body'
    }
    const [, streamId] = /\r\nmesos-stream-id: *(\S+)/i.exec(head) ?? []
    if (streamId !== undefined) this.streamId = streamId
    return true
  }

  #readBody() {
    const taken = Math.min(this.#left, this.#text.length)
    this.#text = this.#text.slice(taken)
    this.#left -= taken
    if (this.#left > 0) return false
    this.#done()
    return true
  }

  #readChunk() {
    const end = this.#text.indexOf('\r\n')
    if (end < 0) return false
    const length = Number.parseInt(this.#text.slice(0, end), 16)
    if (this.#text.length < end + 2 + length + 2) return false
    const chunk = this.#text.slice(end + 2, end + 2 + length)
    this.#text = this.#text.slice(end + 2 + length + 2)
    if (length === 0) this.#done()
    else if (this.#waiting[0]?.mayStream === true) {
      // The first piece of a stream is its answer; the rest is news.
      this.#answer()
      this.#waiting.unshift({ answered: () => {}, sentAtMs: 0 })
    }
    if (length > 0) this.#onRecord?.(Buffer.from(chunk, 'latin1').toString())
    return true
  }

  #done() {
    this.#answer()
    this.#mode = 'head'
  }

  #answer() {
    const first = this.#waiting.shift()
    const tookMs = performance.now() - (first?.sentAtMs ?? 0)
    first?.answered({ status: this.#status, tookMs })
  }
}
