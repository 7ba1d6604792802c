import { type Command, InvalidArgumentError } from 'commander'
import type { AgentSpec } from '../../cluster/options.ts'
import type { Attributes, Resources } from '../../messages/index.ts'
import { nameOf } from '../../model/resources/kinds.ts'
import { standardResources } from '../../model/resources/problems.ts'
import { parseAttribute } from '../job-file/attributes.ts'

/** How a process shows that it may join, on the command line. */
export interface TokenGiven {
  readonly tokenFile?: string
  readonly tlsCa?: string
}

/** Adds the options of whoever links up with a master. */
export function withTokenFile(command: Command): Command {
  return command
    .option(
      '--token-file <file>',
      'the token of the master (default: what MESOSTATE_TOKEN says, or a master of this user on this machine)',
    )
    .option('--tls-ca <file>', 'certificates to trust when the master is an https:// URL (PEM)')
}

/** What they mean. */
export function linkOptionsOf({ tokenFile, tlsCa }: TokenGiven): TokenGiven {
  return {
    ...(tokenFile !== undefined && { tokenFile }),
    ...(tlsCa !== undefined && { tlsCa }),
  }
}

/** `cpus:4;mem:4096;ports:[31000-32000]`, in Mesos' notation. Throws what commander shows. */
export function parseResources(text: string): Resources {
  const resources: Resources = {}
  for (const [name, value] of pairs(text)) {
    const amount = parseAttribute(value)
    if (amount === undefined || typeof amount === 'string') {
      throw new InvalidArgumentError(
        `${name} is ${value || 'empty'}; expected a number, [1-5,8-9] or {a,b}`,
      )
    }
    resources[name] = amount
  }
  return resources
}

/** `rack:r1;os:linux`, in Mesos' notation. Throws what commander shows. */
export function parseAttributes(text: string): Attributes {
  const attributes: Attributes = {}
  for (const [name, value] of pairs(text)) {
    const attribute = parseAttribute(value)
    if (attribute === undefined) {
      throw new InvalidArgumentError(
        `${name} is ${value || 'empty'}; expected a text, a number, [1-5,8-9] or {a,b}`,
      )
    }
    attributes[name] = attribute
  }
  return attributes
}

/**
 * `cpus:4;mem:4096;attributes=rack:r1;os:linux`: an agent's resources, as Mesos has them, and after
 * `attributes=` what is to be known of it. Without amounts it is all of this machine. Throws what
 * commander shows.
 */
export function parseAgentSpec(text: string): AgentSpec {
  const [, amounts = '', listed = ''] = /^(.*?)(?:(?:^|;)\s*attributes=(.*))?$/s.exec(text) ?? []
  const resources = parseResources(amounts)
  const attributes = parseAttributes(listed)
  return {
    ...(Object.keys(resources).length > 0 && { resources }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  }
}

/**
 * What is likely to be a slip, in sentences: names that almost everybody asks for, a letter short
 * or longer, and `memory`. They are legal, and may be meant.
 */
export function doubtsAbout(resources: Resources): string[] {
  const names = new Set(Object.keys(resources).map(nameOf))
  return [...names].flatMap((name) => {
    const meant = standardResources.find((known) => isNearly(name, known))
    return meant === undefined ? [] : [`a resource is called ${name}; did you mean ${meant}?`]
  })
}

function isNearly(name: string, known: string): boolean {
  const given = name.toLowerCase()
  if (name === known) return false
  return [known, `${known}s`, known.replace(/s$/, ''), ...(longer.get(known) ?? [])].includes(given)
}

const longer: ReadonlyMap<string, readonly string[]> = new Map([['mem', ['memory']]])

/** `cpus:4;mem:4096`: numbers only. Throws what commander shows. */
export function parseAmounts(text: string): Record<string, number> {
  const amounts = Object.entries(parseResources(text))
  if (amounts.length === 0)
    throw new InvalidArgumentError('expected something like cpus:4;mem:4096')
  return Object.fromEntries(
    amounts.map(([name, amount]) => {
      if (typeof amount === 'number') return [name, amount]
      throw new InvalidArgumentError(`${name} is a list; expected a number`)
    }),
  )
}

/** `cpus:0.01|mem:32`: any one of these amounts is worth an offer. Throws what commander shows. */
export function parseMinimums(text: string): Record<string, number>[] {
  return text.split('|').map(parseAmounts)
}

/** `eng=2,ads=1`, or `{"eng": 2}`, or nothing for all alike. Throws what commander shows. */
export function parseWeights(text: string): Record<string, number> {
  const weights: Record<string, number> = {}
  for (const [role, value] of text.trim().startsWith('{') ? jsonPairs(text) : weightPairs(text)) {
    const weight = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof weight !== 'number' || !Number.isFinite(weight)) {
      throw new InvalidArgumentError(`the weight of ${role} is ${String(value)}; give a number`)
    }
    if (Object.hasOwn(weights, role)) throw new InvalidArgumentError(`${role} is given twice`)
    weights[role] = weight
  }
  return weights
}

function weightPairs(text: string): [string, unknown][] {
  if (text.trim() === '') return []
  return text.split(',').map((part) => {
    const [, role = '', value = ''] = /^\s*([^=]+)=(.+)$/.exec(part) ?? []
    if (role !== '') return [role, value]
    throw new InvalidArgumentError(`expected something like eng=2,ads=1, not ${part || '""'}`)
  })
}

function jsonPairs(text: string): [string, unknown][] {
  try {
    const data: unknown = JSON.parse(text)
    return typeof data === 'object' && data !== null ? Object.entries(data) : []
  } catch {
    throw new InvalidArgumentError('expected something like eng=2,ads=1 or {"eng": 2}')
  }
}

/** A port on the command line. Throws what commander shows. */
export function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text)
  throw new InvalidArgumentError('expected a port from 0 to 65535')
}

/** The names and values of a list with semicolons; colons and brackets may be in values. */
function pairs(text: string): [string, string][] {
  const seen = new Set<string>()
  return text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [, name = '', value = ''] = /^([^:]+):(.*)$/s.exec(part) ?? []
      if (name === '') throw new InvalidArgumentError(`expected NAME:VALUE, not ${part}`)
      if (seen.has(name)) throw new InvalidArgumentError(`${name} is given twice`)
      seen.add(name)
      return [name.trim(), value.trim()]
    })
}
