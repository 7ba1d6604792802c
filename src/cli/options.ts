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

/** A duration on the command line, in milliseconds. Throws what commander shows as usage error. */
export function parseDuration(text: string): number {
  const duration = durationMs(text)
  if (duration !== undefined) return duration
  throw new InvalidArgumentError('expected a duration such as 500ms, 30s or 2m')
}
