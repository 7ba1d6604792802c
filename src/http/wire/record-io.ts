import { WireError } from './json.ts'

/** What is sent as one chunk: the length of the JSON in bytes, a newline, the JSON in a line. */
export function encodeRecord(event: object): string {
  const json = JSON.stringify(event)
  return `${Buffer.byteLength(json)}\n${json}`
}

/** Longest record that is read: as much as a large cluster's state. */
const recordBytesMax = 256 * 1024 * 1024
const digitsMax = 12
const newline = 0x0a

/** Finds the records in a stream that is cut anywhere. */
export class RecordDecoder {
  readonly #bytesMax: number
  #digits = ''
  /** How many bytes of the record are to come; nothing while its length is read. */
  #missing: number | undefined
  #parts: Uint8Array[] = []

  constructor(bytesMax = recordBytesMax) {
    this.#bytesMax = bytesMax
  }

  /** The records that end in this chunk. Throws WireError when the stream is none of records. */
  push(chunk: Uint8Array): string[] {
    const records: string[] = []
    for (let at = 0; at < chunk.length; ) {
      if (this.#missing === undefined) {
        this.#readLength(chunk[at++])
        continue
      }
      const part = chunk.subarray(at, at + this.#missing)
      at += part.length
      this.#missing -= part.length
      this.#parts.push(part)
      if (this.#missing === 0) records.push(this.#finish())
    }
    return records
  }

  #readLength(byte: number | undefined): void {
    if (byte !== newline) {
      const digit = byte === undefined ? -1 : byte - 0x30
      if (digit < 0 || digit > 9 || this.#digits.length >= digitsMax) {
        throw new WireError('the stream does not say the length of its next record')
      }
      this.#digits += digit
      return
    }
    const length = Number(this.#digits)
    if (this.#digits === '' || length === 0) throw new WireError('the stream has an empty record')
    if (length > this.#bytesMax) {
      throw new WireError(`a record of ${length} bytes is longer than ${this.#bytesMax}`)
    }
    this.#digits = ''
    this.#missing = length
  }

  #finish(): string {
    const [first] = this.#parts
    const bytes = this.#parts.length === 1 && first ? first : Buffer.concat(this.#parts)
    this.#parts = []
    this.#missing = undefined
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  }
}
