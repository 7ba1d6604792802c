import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Calls } from '../../src/actors/calls.ts'
import { createRandomIds } from '../../src/actors/ids.ts'
import { RealClock } from '../../src/actors/real-clock.ts'
import { createRoles } from '../../src/actors/roles.ts'
import { startAgents } from '../../src/cluster/real-agents.ts'
import { MASTER } from '../../src/messages/index.ts'
import { defaultTimeouts } from '../../src/model/timeouts.ts'
import { MemoryTransport } from '../../src/transports/memory.ts'
import { commandTask, isAlive, lineIn, linuxOnly, until } from './harness.ts'
import { Killable, keptFolder, recordsIn } from './killable.ts'

/** Kills an agent while a command of it runs; returns the id of the command's process. */
async function killedAgent(root: string): Promise<number> {
  const before = new Killable(root)
  await before.start(commandTask('a', 'echo $$ > pid; sleep 100'))
  await before.reports.of('run.started', 'a')
  await before.kill()
  return Number(await lineIn(join(root, 'a', 'pid')))
}

/** The next agent on that folder, which remembers nothing; the master answers it or not. */
function forgetfulAgent(workDir: string, answers: boolean) {
  const clock = new RealClock()
  const transport = new MemoryTransport({ clock })
  transport.subscribe(MASTER, (envelopes) => {
    for (const { from, message } of envelopes) {
      if (!answers || message.type !== 'lifecycle.registerAgent') continue
      const answer = { agentId: 'S', totalPingTimeoutMs: 60_000 }
      transport.send({
        from: MASTER,
        to: from,
        message: { type: 'lifecycle.agentRegistered', ...answer },
      })
    }
  })
  const [agent] = startAgents([{ hostname: 'agent-1', resources: { cpus: 1 } }], {
    roles: createRoles(clock),
    host: { clock, transport },
    ids: createRandomIds(),
    timeouts: { ...defaultTimeouts, registrationBackoffMs: 10 },
    calls: new Calls(),
    workDir,
    survivingProcesses: true,
  })
  if (agent === undefined) throw new Error('no agent')
  onTestFinished(() => agent.stop())
  return agent
}

describe(
  ...linuxOnly('Agent: a process lives that its earlier life began, and it knows none'),
  () => {
    test('it is left alone until the agent has registered, and ended then', async () => {
      const root = keptFolder()
      const pid = await killedAgent(root)
      const agent = forgetfulAgent(root, true)
      expect(isAlive(pid)).toBe(true)
      await agent.registered
      await until('the process is ended', () => !isAlive(pid))
      await until('its record is gone', () => readdirSync(recordsIn(root)).length === 0)
    })

    test('an agent that leaves before it has registered ends it as well', async () => {
      const root = keptFolder()
      const pid = await killedAgent(root)
      const agent = forgetfulAgent(root, false)
      await agent.stop()
      expect(isAlive(pid)).toBe(false)
      expect(readdirSync(recordsIn(root))).toEqual([])
    })
  },
)
