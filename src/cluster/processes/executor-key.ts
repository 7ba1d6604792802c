import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf, messageOf } from '../../executors/sentences.ts'
import { InvalidInputError } from '../../model/errors.ts'

/** As long as the hash that it is for. */
const keyBytes = 32

/**
 * The key that signs the tokens of an agent's executors: a new one, or that of its last run in this
 * folder, because executors outlive it. Only its user can read it. Throws InvalidInputError.
 */
export function executorKey(folder: string | undefined): Buffer {
  const key = randomBytes(keyBytes)
  if (folder === undefined) return key
  const file = join(folder, 'executor-key')
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, key, { mode: 0o600, flag: 'wx' })
    return key
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return readKey(file)
    throw new InvalidInputError(`the key for executors cannot be kept: ${messageOf(error)}`)
  }
}

function readKey(file: string): Buffer {
  const key = readFileSync(file)
  if (key.length === keyBytes) return key
  throw new InvalidInputError(`${file} is no key of ${keyBytes} bytes; remove it`)
}
