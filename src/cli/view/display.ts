import { widthOf } from './width.ts'

const redrawMs = 80
const csi = '\u001b['
const hideCursor = `${csi}?25l`
const showCursor = `${csi}?25h`
/** Terminals that know these show a redraw all at once; the others ignore them. */
const beginUpdate = `${csi}?2026h`
const endUpdate = `${csi}?2026l`

export interface DisplayOptions {
  readonly stream: NodeJS.WriteStream
  /** A picture at the bottom that is redrawn in place; without it lines alone are written. */
  readonly frame?: (columns: number, rows: number) => readonly string[]
}

/** Whether a stream is a terminal on which a picture can be redrawn in place. */
export function canRedraw(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env.TERM !== 'dumb'
}

/**
 * Lines that stay, above a picture that is redrawn in place while something happens. Each redraw
 * is one write, so that nothing flickers. The cursor is back when it stops, however the process
 * ends.
 */
export class Display {
  readonly #stream: NodeJS.WriteStream
  readonly #frame: DisplayOptions['frame']
  readonly #timer: NodeJS.Timeout | undefined
  readonly #restore = () => this.#stream.write(showCursor)
  #pending: string[] = []
  #drawn: readonly number[] = []
  #stopped = false

  constructor({ stream, frame }: DisplayOptions) {
    this.#stream = stream
    this.#frame = canRedraw(stream) ? frame : undefined
    if (this.#frame === undefined) return
    stream.write(hideCursor)
    process.once('exit', this.#restore)
    this.#timer = setInterval(() => this.#redraw(), redrawMs)
    this.#redraw()
  }

  /** Whether a picture is shown. */
  get live(): boolean {
    return this.#frame !== undefined
  }

  get columns(): number {
    return this.#stream.isTTY === true ? Math.max(20, this.#stream.columns - 1) : Infinity
  }

  /** Writes a line that stays; or several, when the text has line ends. */
  line(text = ''): void {
    if (this.#frame === undefined || this.#stopped) this.#stream.write(`${text}\n`)
    else this.#pending.push(...text.split('\n'))
  }

  /** Takes the picture away; lines are written as before. */
  stop(): void {
    if (this.#frame === undefined || this.#stopped) return
    this.#stopped = true
    clearInterval(this.#timer)
    process.off('exit', this.#restore)
    this.#write([])
    this.#restore()
  }

  #redraw(): void {
    const rows = Math.max(4, this.#stream.rows - 1)
    this.#write(this.#frame?.(this.columns, rows).slice(0, rows) ?? [])
  }

  #write(frame: readonly string[]): void {
    const lines = [...this.#pending, ...frame]
    this.#pending = []
    // A terminal that became narrower has wrapped the lines of the last picture.
    const wrapped = this.#drawn.map((width) => Math.max(1, Math.ceil(width / this.#stream.columns)))
    const height = wrapped.reduce((sum, rows) => sum + rows, 0)
    const up = height > 0 ? `${csi}${height}A` : ''
    const text = lines.map((line) => `${csi}2K${line}\n`).join('')
    this.#stream.write(`${beginUpdate}\r${up}${text}${csi}J${endUpdate}`)
    this.#drawn = frame.map(widthOf)
  }
}
