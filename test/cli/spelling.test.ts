import { expect, test } from 'vitest'
import { spelledAsOurs } from '../../src/cli/settings/spelling.ts'

const flags = new Set(['--work-dir', '--offer-timeout', '--port'])

test.each<[string, string]>([
  ['--port 5050 --work-dir /x', '--port 5050 --work-dir /x'],
  ['--work_dir=/a_b --port=1', '--work-dir=/a_b --port=1'],
  ['--offer-timeout-ms 500 --port 1', '--offer-timeout=500ms --port 1'],
  ['--offer_timeout_ms=500', '--offer-timeout=500ms'],
  ['--offer-timeout-ms', '--offer-timeout=ms'],
  ['--strange_flag x --strange-ms 1', '--strange_flag x --strange-ms 1'],
  ['exec -- --work_dir x', 'exec -- --work_dir x'],
])('Flags: %s is read as %s', (given, read) => {
  expect(spelledAsOurs(given.split(' '), flags)).toEqual(read.split(' '))
})
