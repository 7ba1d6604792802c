import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { parseDuration } from '../../../src/cli/options.ts'
import { parsePort } from '../../../src/cli/processes/options.ts'
import { withSettings } from '../../../src/cli/settings/settings.ts'

beforeEach(() => () => vi.unstubAllEnvs())

/** What a command with one flag of each kind is given in the end. */
function given(args: readonly string[], required: readonly string[] = []): unknown {
  let options: unknown
  const command = new Command('play')
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .option('--port <port>', 'a port', parsePort)
    .option('--offer-timeout <time>', 'a time', parseDuration)
    .addOption(new Option('--registry <kind>', 'a choice').choices(['level', 'memory']))
    .option('--no-token', 'a flag that is on')
    .option('--insecure', 'a flag that is off')
    .option('--agent <spec>', 'several', (spec: string, all: string[] = []) => [...all, spec])
    .action((all) => {
      options = all
    })
  withSettings(command, required).parse(args, { from: 'user' })
  return options
}

function file(text: string, name = 'play.yaml'): string {
  const path = join(mkdtempSync(join(tmpdir(), 'settings-')), name)
  writeFileSync(path, text)
  return path
}

describe('Settings: where the value of a flag comes from', () => {
  it('the command line counts first, then variables, then the file', () => {
    const config = file('port: 1\noffer-timeout: 1s\nregistry: level\n')
    vi.stubEnv('MESOSTATE_PORT', '2')
    vi.stubEnv('MESOSTATE_OFFER_TIMEOUT', '2s')
    expect(given(['--config', config, '--port', '3'])).toEqual({
      port: 3,
      offerTimeout: 2_000,
      registry: 'level',
      token: true,
      config,
    })
  })

  it('flags without a value are on or off, and flags that may be repeated are lists', () => {
    const config = file('{"no-token": true, "insecure": false, "agent": ["cpus:1", "cpus:2"]}')
    vi.stubEnv('MESOSTATE_CONFIG', config)
    vi.stubEnv('MESOSTATE_INSECURE', 'true')
    expect(given([])).toMatchObject({ token: false, insecure: true, agent: ['cpus:1', 'cpus:2'] })
  })

  it('empty variables and an empty file say nothing', () => {
    vi.stubEnv('MESOSTATE_PORT', '')
    expect(given(['--config', file('')])).toMatchObject({ token: true })
  })

  it('a flag that must be given may be given in any way', () => {
    vi.stubEnv('MESOSTATE_PORT', '')
    expect(() => given([], ['port'])).toThrow(
      'play needs --port <port>: a port (or MESOSTATE_PORT)',
    )
    expect(given(['--config', file('port: 1')], ['port'])).toMatchObject({ port: 1 })
  })
})

describe('Settings: what cannot be is said, with where it stands', () => {
  const wrong: [string, RegExp][] = [
    ['prot: 1', /play.yaml:1:1: there is no flag prot; did you mean port\?/],
    ['config: x', /play.yaml:1:1: there is no flag config/],
    ['port: many', /play.yaml:1:7: port: expected a port/],
    ['registry: disk', /play.yaml:1:11: registry: Allowed choices are level, memory/],
    ['insecure: perhaps', /play.yaml:1:11: insecure: expected true or false/],
    ['port: {a: 1}', /play.yaml:1:7: port is a map; expected what the flag takes/],
    ['port: 1\nport: 2', /play.yaml:2:1: port is given twice/],
    ['- port', /play.yaml: this is a list; expected flags/],
  ]
  for (const [text, sentence] of wrong) {
    it(`the file says ${JSON.stringify(text)}`, () => {
      expect(() => given(['--config', file(text)])).toThrow(sentence)
    })
  }

  it('a variable, and a file that is not there', () => {
    expect(() => given(['--config', '/nowhere'])).toThrow(
      '--config: /nowhere cannot be read: there is no such file',
    )
    vi.stubEnv('MESOSTATE_OFFER_TIMEOUT', 'soon')
    expect(() => given([])).toThrow(/MESOSTATE_OFFER_TIMEOUT: expected a duration/)
  })
})
