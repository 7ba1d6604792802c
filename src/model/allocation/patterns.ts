import { RE2JS, RE2JSException } from 're2js'

/** As Mesos' --offer_constraints_re2_max_program_size; one step per character, roughly. */
export const programSizeMax = 100

/** Texts of which a pattern remembers the verdict: more than a large cluster has host names. */
const verdictsMax = 2 ** 16

/**
 * A pattern in RE2's syntax that a whole text must match. The time it takes grows with the text's
 * length alone, whatever the pattern is, so that a stranger's pattern cannot stall the master.
 */
export class Pattern {
  readonly #program: RE2JS
  readonly #verdicts = new Map<string, boolean>()

  /** Throws RE2JSException for what `problemWithPattern` refuses as malformed. */
  constructor(pattern: string) {
    this.#program = RE2JS.compile(pattern)
  }

  /** How much it costs to run, in steps. */
  get programSize(): number {
    return this.#program.programSize()
  }

  /** Agents share few texts, so a verdict is looked up far more often than it is found. */
  matches(text: string): boolean {
    const known = this.#verdicts.get(text)
    if (known !== undefined) return known
    const verdict = this.#program.testExact(text)
    if (this.#verdicts.size >= verdictsMax) this.#verdicts.clear()
    this.#verdicts.set(text, verdict)
    return verdict
  }
}

/** Says in a sentence why a pattern cannot be used, or nothing. */
export function problemWithPattern(pattern: string): string | undefined {
  try {
    const { programSize } = new Pattern(pattern)
    if (programSize <= programSizeMax) return undefined
    return `the pattern \`${pattern}\` is too complex: it takes ${programSize} steps, ${programSizeMax} are allowed`
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    return `the pattern \`${pattern}\` cannot be read: ${error.message.replace('error parsing regexp: ', '')}`
  }
}
