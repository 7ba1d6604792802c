/** A span of time in at most eight columns: `0.42 s`, `12.3 s`, `4:07 m`, `1:02 h`. */
export function spanText(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1_000
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${twoDigits(seconds % 60)} m`
  return `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)} h`
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0')
}
