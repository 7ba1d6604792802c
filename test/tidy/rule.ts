import type { Finding, SourceFile } from './scan.ts'

/** One house rule: what it asks for, and how it finds breaches in the whole tree. */
export interface Rule {
  /** Reads as the title of a test. */
  readonly name: string
  check(tree: readonly SourceFile[]): Finding[]
}

/** A rule that looks at one file at a time, among those whose path fits. */
export function perFile(name: string, paths: RegExp, check: (file: SourceFile) => Finding[]): Rule {
  return { name, check: (tree) => tree.filter(({ path }) => paths.test(path)).flatMap(check) }
}

/** Everything that is code of ours. */
export const CODE = /^(?:src|test|bench|scripts|examples)\/|^vitest\.config\.ts$/
export const SOURCE = /^src\//
/** The rooms in which the same state and message always give the same result. */
export const PURE = /^src\/(?:messages|model|machines)\//
