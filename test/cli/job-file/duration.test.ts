import { expect, test } from 'vitest'
import { durationMs } from '../../../src/cli/job-file/duration.ts'

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['2m', 120_000],
  ['1.5h', 5_400_000],
  ['10', 10_000],
  [2.5, 2_500],
  [0, 0],
])('Durations: %s is %i milliseconds', (written, milliseconds) => {
  expect(durationMs(written)).toBe(milliseconds)
})

test.each(['', 's', '5x', '-1s', '1 s', '1e3s', '5S', -1, Number.NaN, Infinity])(
  'Durations: %s is none',
  (written) => {
    expect(durationMs(written)).toBeUndefined()
  },
)
