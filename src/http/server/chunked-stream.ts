import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnswerStream, Streaming } from './route.ts'

/**
 * A streaming answer on its connection. It frames its chunks itself: one per record, because some
 * clients take each chunk for a record, and yet all records of one turn in one write.
 */
export class ChunkedStream implements AnswerStream {
  readonly #response: ServerResponse
  readonly #streaming: Streaming
  readonly #unreadBytesMax: number
  readonly #isChunked: boolean
  readonly #socket: IncomingMessage['socket']
  #unwritten = ''
  #isFlushDue = false
  #largestBytes = 0
  #isEnding = false
  #isOver = false
  #over: () => void = () => {}

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    streaming: Streaming,
    unreadBytesMax: number,
  ) {
    this.#response = response
    this.#streaming = streaming
    this.#unreadBytesMax = unreadBytesMax
    this.#isChunked = request.httpVersion !== '1.0'
    this.#socket = request.socket
  }

  /** Sends the head, and what is written; resolves when the answer is over. */
  open(): Promise<void> {
    const { status, headers } = this.#streaming
    if (this.#isChunked) {
      this.#response.writeHead(status, { ...headers, 'Transfer-Encoding': 'chunked' })
      // From here on chunks are framed by this class.
      this.#response.chunkedEncoding = false
    } else {
      this.#response.writeHead(status, { ...headers, Connection: 'close' })
    }
    this.#response.flushHeaders()
    this.#socket.on('close', this.#lost)
    this.#streaming.opened(this)
    if (this.#socket.destroyed) process.nextTick(this.#lost)
    return new Promise((over) => {
      this.#over = over
    })
  }

  write(record: string): void {
    if (this.#isOver || this.#isEnding) return
    const bytes = Buffer.byteLength(record)
    if (bytes > this.#largestBytes) this.#largestBytes = bytes
    this.#unwritten += this.#isChunked ? `${bytes.toString(16)}\r\n${record}\r\n` : record
    this.#wantFlush()
  }

  end(): void {
    if (this.#isOver || this.#isEnding) return
    this.#isEnding = true
    if (this.#isChunked) this.#unwritten += '0\r\n\r\n'
    this.#wantFlush()
  }

  #wantFlush(): void {
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    process.nextTick(flush, this)
  }

  flush(): void {
    this.#isFlushDue = false
    if (this.#isOver) return
    const text = this.#unwritten
    this.#unwritten = ''
    if (text !== '') this.#response.write(text)
    if (this.#isEnding) {
      this.#response.end()
      return this.#close('it was ended')
    }
    const unread = this.#response.writableLength
    // One record alone, such as the state of a large cluster, is nobody's fault.
    if (unread <= Math.max(this.#unreadBytesMax, 2 * this.#largestBytes)) return
    this.#close(`its reader is too slow: ${unread} bytes wait for it`)
    this.#socket.destroy()
  }

  readonly #lost = (): void => this.#close('its connection was closed')

  #close(reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#socket.off('close', this.#lost)
    this.#streaming.closed(reason)
    this.#over()
  }
}

function flush(stream: ChunkedStream): void {
  stream.flush()
}
