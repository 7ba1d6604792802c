import { WriteStream } from 'node:tty'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Display } from '../../../src/cli/view/display.ts'

/** A terminal of a few signs: understands what the display writes, and nothing else. */
class Terminal {
  readonly written: string[] = []
  readonly lines: string[] = []
  cursorShown = true
  #row = 0

  readonly stream: NodeJS.WriteStream = Object.assign(Object.create(WriteStream.prototype), {
    isTTY: true,
    columns: 40,
    rows: 10,
    write: (text: string) => this.#write(text),
  })

  /** The lines on the screen, without the one where the cursor waits. */
  get shown(): string[] {
    return this.lines.at(-1) === '' ? this.lines.slice(0, -1) : this.lines
  }

  #write(text: string): boolean {
    this.written.push(text)
    for (const part of text.split('\u001b[')) {
      const [, argument = '', command = '', said = ''] =
        /^(\??\d*)([a-zA-Z])(.*)$/s.exec(part) ?? []
      const isCommand = part !== text && command !== ''
      if (isCommand) this.#obey(command, argument)
      this.#say(isCommand ? said : part)
    }
    return true
  }

  #say(text: string): void {
    for (const sign of text) {
      if (sign === '\n') this.#row++
      else if (sign !== '\r') this.lines[this.#row] = (this.lines[this.#row] ?? '') + sign
      this.lines[this.#row] ??= ''
    }
  }

  #obey(command: string, argument: string): void {
    if (command === 'A') this.#row -= Number(argument)
    else if (command === 'K') this.lines[this.#row] = ''
    else if (command === 'J') this.lines.splice(this.#row)
    else if (argument === '?25') this.cursorShown = command === 'h'
    expect(this.#row).toBeGreaterThanOrEqual(0)
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubEnv('TERM', 'xterm')
})
afterEach(() => vi.useRealTimers())

test('Display: lines stay above a picture that is redrawn in place, one write each', () => {
  const terminal = new Terminal()
  let picture = ['pic 1', 'more']
  const display = new Display({ stream: terminal.stream, frame: () => picture })
  expect(terminal.cursorShown).toBe(false)
  expect(terminal.shown).toEqual(['pic 1', 'more'])
  display.line('first')
  display.line('second\nthird')
  picture = ['pic 2']
  const before = terminal.written.length
  vi.advanceTimersByTime(100)
  expect(terminal.written.length).toBe(before + 1)
  expect(terminal.shown).toEqual(['first', 'second', 'third', 'pic 2'])
  display.stop()
  display.line('last')
  expect(terminal.shown).toEqual(['first', 'second', 'third', 'last'])
  expect(terminal.cursorShown).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})

test('Display: a picture is never higher than the terminal', () => {
  const terminal = new Terminal()
  const display = new Display({
    stream: terminal.stream,
    frame: () => Array.from({ length: 50 }, (_, n) => `row ${n}`),
  })
  expect(terminal.shown).toHaveLength(9)
  display.stop()
})

test('Display: without a terminal that can, lines alone are written', () => {
  vi.stubEnv('TERM', 'dumb')
  const terminal = new Terminal()
  const display = new Display({ stream: terminal.stream, frame: () => ['picture'] })
  display.line('a line')
  vi.advanceTimersByTime(500)
  display.stop()
  expect(display.live).toBe(false)
  expect(terminal.written).toEqual(['a line\n'])
})

test('Display: the cursor comes back when the process ends in the middle', () => {
  const terminal = new Terminal()
  const listeners = process.listeners('exit')
  const display = new Display({ stream: terminal.stream, frame: () => [] })
  const [restore] = process.listeners('exit').filter((one) => !listeners.includes(one))
  restore?.call(process, 0)
  expect(terminal.cursorShown).toBe(true)
  display.stop()
  expect(process.listeners('exit')).toEqual(listeners)
})
