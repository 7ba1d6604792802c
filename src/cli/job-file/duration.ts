const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const

/** A duration as text: a number and a unit, as in `500ms`, `30s`, `2m`, `1.5h`. */
export const durationPattern = /^\d+(?:\.\d+)?(?:ms|s|m|h)$/

/** In milliseconds; a bare number counts seconds. Nothing for what is no duration. */
export function durationMs(duration: string | number): number | undefined {
  if (typeof duration === 'number') {
    return Number.isFinite(duration) && duration >= 0 ? duration * units.s : undefined
  }
  if (/^\d+(?:\.\d+)?$/.test(duration)) return Number(duration) * units.s
  if (!durationPattern.test(duration)) return undefined
  const unit = /[a-z]+$/.exec(duration)?.[0]
  if (unit !== 'ms' && unit !== 's' && unit !== 'm' && unit !== 'h') return undefined
  return Number.parseFloat(duration) * units[unit]
}
