import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { nanoid } from 'nanoid'
import { codeOf, messageOf, whyUnread } from '../../executors/sentences.ts'
import { InvalidInputError } from '../../model/errors.ts'

/** What a process shows, or asks for, when two link up. */
export interface TokenOptions {
  /** The token itself. */
  readonly token?: string
  /** A file with the token and nothing else. */
  readonly tokenFile?: string
}

/** Where a token is found that is neither given nor in a named file. */
export const tokenVariable = 'MESOSTATE_TOKEN'

/** The name of the file in a master's work folder. */
const fileName = 'token'

/** So many random characters cannot be guessed: 6 bits each. */
const generatedLength = 43

/** It travels in a header of HTTP. */
const legal = /^[\x21-\x7e]{8,1000}$/

/** The token that was given, or that the environment has. Throws InvalidInputError. */
export function givenToken({ token, tokenFile }: TokenOptions): string | undefined {
  if (token !== undefined && tokenFile !== undefined) {
    throw new InvalidInputError('give token or tokenFile, not both')
  }
  if (token !== undefined) return checked(token, 'the token')
  if (tokenFile !== undefined) return readToken(tokenFile)
  const found = process.env[tokenVariable]
  return found === undefined || found === '' ? undefined : checked(found, tokenVariable)
}

/**
 * The token of a master that was given none: that of its last run in this folder, or a new one,
 * written where only its user can read it. Throws InvalidInputError.
 */
export function keptToken(workDir: string): { readonly token: string; readonly file: string } {
  const file = join(workDir, fileName)
  const token = nanoid(generatedLength)
  try {
    mkdirSync(workDir, { recursive: true })
    writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' })
    return { token, file }
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return { token: readToken(file), file }
    throw new InvalidInputError(`the token cannot be written to ${file}: ${messageOf(error)}`)
  }
}

/** Whether only this machine can reach a listener there. */
export function isLoopback(ip: string): boolean {
  return ip === 'localhost' || ip === '::1' || (isIP(ip) === 4 && ip.startsWith('127.'))
}

function readToken(file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new InvalidInputError(`the token file ${file} cannot be read: ${whyUnread(error)}`)
  }
  return checked(text.trim(), `the token in ${file}`)
}

function checked(token: unknown, what: string): string {
  if (typeof token === 'string' && legal.test(token)) return token
  throw new InvalidInputError(`${what} is not legal: 8 to 1000 signs of ASCII, without spaces`)
}
