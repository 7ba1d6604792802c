import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { agentTimeoutsOf, withAgentFlags } from '../../../src/cli/processes/agent-flags.ts'

function timeoutsOf(...flags: readonly string[]) {
  const command = withAgentFlags(new Command('agent')).exitOverride()
  command.configureOutput({ writeErr: () => undefined })
  return agentTimeoutsOf(command.parse(flags, { from: 'user' }).opts())
}

describe('Command line of agents: how long executors may take', () => {
  it('to register, to come back and to end; nothing is said of what is not given', () => {
    expect(timeoutsOf()).toEqual({})
    const registration = ['--executor-registration-timeout', '2mins']
    const reregistration = ['--executor-reregistration-timeout', '15secs']
    const grace = ['--executor-shutdown-grace-period', '1s']
    expect(timeoutsOf(...registration, ...reregistration, ...grace)).toEqual({
      executorRegistrationTimeoutMs: 120_000,
      executorReregistrationTimeoutMs: 15_000,
      executorShutdownGraceMs: 1_000,
    })
  })

  it('to come back at most 15 s, because until then the agent has not registered itself', () => {
    expect(() => timeoutsOf('--executor-reregistration-timeout', '16s')).toThrow('at most 15s')
  })
})
