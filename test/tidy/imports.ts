import { posix } from 'node:path'
import { lineAt, type SourceFile } from './scan.ts'

/** A module that a file names: by import, export … from, import() or new URL. */
export interface Import {
  readonly specifier: string
  readonly line: number
}

/** Finds what a file imports. Strings that only look like imports are not mistaken for them. */
export function importsOf(file: SourceFile): Import[] {
  // In the code view the quotes stand and what is between them is blank.
  const pattern = /\b(?:from\s*|import\s*\(?\s*|new\s+URL\s*\(\s*)(['"`]) *\1/g
  return [...file.code.matchAll(pattern)].map((match) => {
    const [whole, quote] = match
    const end = match.index + whole.length - 1
    const start = file.text.lastIndexOf(quote ?? '', end - 1) + 1
    return { specifier: file.text.slice(start, end), line: lineAt(file.text, match.index) }
  })
}

/** The path from the root of the project that a relative specifier means. */
export function resolve(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  return posix.normalize(posix.join(posix.dirname(from), specifier))
}
