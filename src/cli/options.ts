import { InvalidArgumentError } from 'commander'
import { durationMs } from './job-file/duration.ts'

/** An amount on the command line. Throws what commander shows as usage error. */
export function parseAmount(text: string): number {
  const amount = Number(text)
  if (text.trim() !== '' && Number.isFinite(amount) && amount >= 0) return amount
  throw new InvalidArgumentError('expected a number from 0')
}

/** A number of things on the command line. Throws what commander shows as usage error. */
export function parseCount(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('expected a whole number from 0')
}

/** What a word says for yes or no; nothing when it says neither. */
export function truthOf(text: string): boolean | undefined {
  const word = text.toLowerCase()
  if (['true', '1', 'yes', 'on'].includes(word)) return true
  return ['false', '0', 'no', 'off'].includes(word) ? false : undefined
}

/** Yes or no on the command line. Throws what commander shows as usage error. */
export function parseTruth(text: string): boolean {
  const truth = truthOf(text)
  if (truth !== undefined) return truth
  throw new InvalidArgumentError('expected true or false')
}

/** How Mesos spells units of time (3rdparty/stout/include/stout/duration.hpp), in milliseconds. */
const mesosUnits: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['secs', 1_000],
  ['mins', 60_000],
  ['hrs', 3_600_000],
  ['days', 86_400_000],
  ['weeks', 604_800_000],
])

/**
 * A duration on the command line, also in Mesos' spelling (`1mins`), in milliseconds. Throws what
 * commander shows as usage error.
 */
export function parseDuration(text: string): number {
  const duration = durationMs(text) ?? mesosDurationMs(text)
  if (duration !== undefined) return duration
  throw new InvalidArgumentError('expected a duration such as 500ms, 30s or 2m')
}

function mesosDurationMs(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text) ?? []
  const length = mesosUnits.get(unit)
  return length === undefined ? undefined : Number(amount) * length
}
