/** Where in a file's data something is: keys and places in lists, from the top. */
export type Path = readonly (string | number)[]

/** Something that is wrong with a file, and what was expected. */
export interface Problem {
  readonly file: string
  /** Counted from 1; absent when it concerns the file as a whole. */
  readonly line?: number
  readonly column?: number
  readonly message: string
}

/** Takes down what is wrong at a place of the data: at its key, or at its value. */
export type Report = (path: Path, message: string, at?: 'key' | 'value') => void

/** `jobs.yaml:3:7: …`, the form in which editors find the place. */
export function problemText({ file, line, column, message }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
  return `${place}: ${message}`
}

/** In the order of the file. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const place = ({ line = 0, column = 0 }: Problem) => line * 1e6 + column
  return [...problems].sort((left, right) => place(left) - place(right))
}

/** A value as it would be written in a file, short enough for a sentence. */
export function valueText(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf'
  }
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text
}
