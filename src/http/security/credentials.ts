import { InvalidInputError } from '../../model/errors.ts'

/** Secrets by principal. */
export type Credentials = ReadonlyMap<string, string>

/**
 * Reads credentials in either of Mesos' forms: JSON
 * (`{"credentials": [{"principal": "ops", "secret": "…"}]}`, or the list alone, or secrets by
 * principal), or a principal and its secret on each line. Throws InvalidInputError, without a
 * secret in its sentence.
 */
export function readCredentials(text: string): Credentials {
  const pairs = /^\s*[{[]/.test(text) ? fromJson(text) : fromLines(text)
  const credentials = new Map<string, string>()
  for (const [principal, secret] of pairs) {
    if (credentials.has(principal)) {
      throw new InvalidInputError(`the credentials list ${principal} twice; give it one secret`)
    }
    credentials.set(principal, secret)
  }
  if (credentials.size === 0) throw new InvalidInputError('the credentials list nobody')
  return credentials
}

type Pair = readonly [principal: string, secret: string]

function fromLines(text: string): Pair[] {
  return text.split('\n').flatMap((line, index) => {
    const words = line.trim().split(/\s+/)
    const [principal, secret] = words
    if (principal === undefined || principal === '') return []
    if (secret !== undefined && words.length === 2) return [[principal, secret]]
    const expected = 'a principal, a space and its secret'
    throw new InvalidInputError(`line ${index + 1} of the credentials: expected ${expected}`)
  })
}

function fromJson(text: string): Pair[] {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    // What the parser says quotes the text, and with it perhaps a secret.
    throw new InvalidInputError('the credentials are not JSON, though they begin like it')
  }
  const list = Array.isArray(data) ? data : fieldOf(data, 'credentials')
  if (!Array.isArray(list)) return byPrincipal(data)
  return list.map((entry: unknown, index) => {
    const principal = fieldOf(entry, 'principal')
    const secret = fieldOf(entry, 'secret')
    if (typeof principal === 'string' && principal !== '' && typeof secret === 'string') {
      return [principal, secret]
    }
    throw new InvalidInputError(
      `credentials[${index}]: expected a principal and a secret, as texts`,
    )
  })
}

function byPrincipal(data: unknown): Pair[] {
  const pairs = Object.entries(Object(data)).flatMap(([principal, secret]): Pair[] =>
    typeof secret === 'string' ? [[principal, secret]] : [],
  )
  const isAll = pairs.length === Object.keys(Object(data)).length
  // A single credential by itself would be taken for two.
  const isOne = fieldOf(data, 'principal') !== undefined && fieldOf(data, 'secret') !== undefined
  if (isAll && !isOne) return pairs
  throw new InvalidInputError('the credentials have no list "credentials"')
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
