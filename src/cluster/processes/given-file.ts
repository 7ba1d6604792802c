import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { whyUnread } from '../../executors/sentences.ts'
import { InvalidInputError } from '../../model/errors.ts'

/** The text of a file, named by its path or URL. Throws InvalidInputError. */
export function readGiven(given: string, what: string): string {
  try {
    return readFileSync(given.startsWith('file://') ? fileURLToPath(given) : given, 'utf8')
  } catch (error) {
    const why = whyUnread(error)
    throw new InvalidInputError(`the file of the ${what} (${given}) cannot be read: ${why}`)
  }
}
