import { type FileHandle, open } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { codeOf } from './sentences.ts'

const pollMs = 40
const chunkBytes = 256 * 1_024

/**
 * Copies a growing file into a stream while it grows, for example the `stdout` of a running task.
 * It holds one chunk in memory and waits until the stream has taken it, whatever the file's size.
 * The stream stays open.
 */
export class OutputFollower {
  readonly #path: string
  readonly #writable: Writable
  readonly #following: Promise<void>
  #finishing = false
  #failure: { readonly error: unknown } | undefined
  #wake = () => {}

  /** Begins at once; a file that is not there yet is waited for. */
  constructor(path: string, writable: Writable) {
    this.#path = path
    this.#writable = writable
    this.#following = this.#follow().catch((error: unknown) => {
      this.#failure = { error }
    })
  }

  /**
   * Copies what the file holds up to its end, then lets go of it. Call it once nobody writes any
   * more. Rejects with what the file system or the stream failed with, also earlier.
   */
  async finish(): Promise<void> {
    this.#finishing = true
    this.#wake()
    await this.#following
    if (this.#failure !== undefined) throw this.#failure.error
  }

  async #follow(): Promise<void> {
    // A stream that breaks says so to each write as well; unheard, its event ends the process.
    const ignore = () => {}
    this.#writable.on('error', ignore)
    const file = await this.#open()
    try {
      if (file !== undefined) await this.#copy(file)
    } finally {
      await file?.close()
      this.#writable.off('error', ignore)
    }
  }

  async #open(): Promise<FileHandle | undefined> {
    for (;;) {
      const last = this.#finishing
      try {
        return await open(this.#path, 'r')
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error
      }
      if (last) return undefined
      await this.#rest()
    }
  }

  async #copy(file: FileHandle): Promise<void> {
    const buffer = Buffer.allocUnsafe(chunkBytes)
    for (;;) {
      // Asked before reading: only an end that was found after `finish` is the end of the file.
      const last = this.#finishing
      const { bytesRead } = await file.read(buffer, 0, chunkBytes)
      if (bytesRead > 0) await this.#write(buffer.subarray(0, bytesRead))
      else if (last) return
      else await this.#rest()
    }
  }

  /** Resolves when the stream has passed the bytes on, because the buffer is used again. */
  #write(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#writable.write(bytes, (error) => {
        if (error) reject(error)
        else resolve()
      })
    })
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
      if (this.#finishing) this.#wake()
    })
  }
}
