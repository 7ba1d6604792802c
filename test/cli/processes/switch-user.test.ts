import { Command } from 'commander'
import { expect, test } from 'vitest'
import { withAgentFlags } from '../../../src/cli/processes/agent-flags.ts'
import { spelledAsOurs } from '../../../src/cli/settings/spelling.ts'

function given(...args: string[]): unknown {
  const command = withAgentFlags(new Command('agent'))
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  const flags = new Set(command.options.flatMap(({ long }) => long ?? []))
  return command.parse(spelledAsOurs(args, flags), { from: 'user' }).opts().switchUser
}

test.each<[string[], boolean | undefined]>([
  [[], undefined],
  [['--no-switch-user'], false],
  [['--switch_user=false'], false],
  [['--switch_user=true'], true],
  [['--switch-user', 'no'], false],
])('Flags of agents: %j switches users: %s', (args, isOn) => {
  expect(given(...args)).toBe(isOn)
})

test('Flags of agents: to switch users or not is yes or no', () => {
  expect(() => given('--switch_user=perhaps')).toThrow('expected true or false')
})
