import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { codeOf, messageOf } from '../../executors/sentences.ts'
import { InvalidInputError } from '../../model/errors.ts'

/** The text of a file, named by its path or URL. Throws InvalidInputError. */
export function readGiven(given: string, what: string): string {
  try {
    return readFileSync(given.startsWith('file://') ? fileURLToPath(given) : given, 'utf8')
  } catch (error) {
    const why = codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error)
    throw new InvalidInputError(`the file of the ${what} (${given}) cannot be read: ${why}`)
  }
}
