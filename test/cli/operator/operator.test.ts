import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { agentsCommand } from '../../../src/cli/operator/agents.ts'
import { drainCommand } from '../../../src/cli/operator/drain.ts'
import { frameworksCommand } from '../../../src/cli/operator/frameworks.ts'
import { killCommand } from '../../../src/cli/operator/kill.ts'
import { logsCommand } from '../../../src/cli/operator/logs.ts'
import { quotaCommand } from '../../../src/cli/operator/quota.ts'
import { rolesCommand } from '../../../src/cli/operator/roles.ts'
import { psCommand, tasksCommand } from '../../../src/cli/operator/tasks.ts'
import { weightsCommand } from '../../../src/cli/operator/weights.ts'
import type { RemoteCluster } from '../../../src/cluster/processes/remote.ts'
import { connectTo } from '../../../src/cluster/processes/remote.ts'
import { type ServerProcess, startServer } from '../../../src/cluster/processes/server.ts'
import { printed as printedBy } from './support.ts'

const token = 'a-token-for-tests'
let server: ServerProcess
let tenants: RemoteCluster

beforeAll(async () => {
  server = await startServer({
    port: 0,
    token,
    agents: [
      { name: 'one', cpus: 4, mem: 512, ports: [[31_000, 31_005]], attributes: { rack: 'r1' } },
      { name: 'two', cpus: 1, mem: 64 },
    ],
  })
  tenants = await connectTo(server.place, { token })
})

afterAll(async () => {
  await tenants.close({ graceMs: 0 })
  await server.close({ graceMs: 0 })
})

/** What a command prints when it asks the server. */
function printed(command: Command, ...args: string[]): Promise<string[]> {
  const place = args.includes('--master') ? [] : ['--master', server.place]
  return printedBy(command, ...args, ...place)
}

/** What is said of a task is true a little later: it is a process. */
function soon(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 20_000 })
}

/** Who registers first is not said. */
async function agentLine(name: string): Promise<string | undefined> {
  return (await printed(agentsCommand())).find((line) => line.includes(` ${name}:`))
}

async function agentPlace(name: string): Promise<string> {
  return (await agentLine(name))?.split(/ +/)[1] ?? 'nowhere'
}

describe('Commands for operators: what there is', () => {
  it('tasks, agents, frameworks and roles are tables, and JSON for programs', async () => {
    const tenant = tenants.jobs('eng')
    const job = tenant.submit({ name: 'long', command: 'sleep 100', cpus: 2, mem: 32 })
    const bad = tenant.submit({ name: 'bad', command: 'exit 3', cpus: 1 })
    await bad.done
    const running = /^long-1 +eng +one:\d+ +RUNNING +<2 cpus, 32 MB> +[\d.:]+ [sm]$/
    expect(await printed(psCommand())).toEqual([
      expect.stringMatching(/^task +framework +agent +state +resources +for/),
      expect.stringMatching(running),
    ])
    const all = (await printed(tasksCommand(), '--framework', 'eng')).slice(1).sort()
    expect(all).toEqual([
      expect.stringMatching(/^bad-1 +eng +\w+:\d+ +FAILED .* exited with code 3$/),
      expect.stringMatching(running),
    ])
    expect(await printed(psCommand(), '--agent', 'two')).toEqual(['there are no tasks'])
    expect(await printed(tasksCommand(), '--framework', 'nobody')).toEqual(['there are no tasks'])
    expect((await printed(agentsCommand()))[0]).toMatch(/^agent +place +state +cpus +mem/)
    expect(await agentLine('one')).toMatch(
      /-S\d +one:\d+ +active +2 of 4 +32 of 512 +ports 31000-31005 +rack:r1$/,
    )
    expect(await agentLine('two')).toMatch(/ active +0 of 1 +0 of 64$/)
    expect((await printed(frameworksCommand()))[1]).toMatch(
      /-0000 +eng +eng +active +\d.* [sm] +0 +2 cpus, 32 MB$/,
    )
    expect((await printed(rolesCommand()))[1]).toMatch(/^eng +1 +1 +2 cpus, 32 MB$/)
    const json: unknown = JSON.parse((await printed(psCommand(), '--json')).join('\n'))
    expect(json).toMatchObject({ tasks: [{ task_id: { value: 'long-1' }, state: 'TASK_RUNNING' }] })

    expect(await printed(killCommand(), 'long-1')).toEqual(['task long-1 is asked to end'])
    expect((await job.done).state).toBe('TASK_KILLED')
    await expect(printed(killCommand(), 'long-1')).rejects.toThrow(
      'task long-1 has ended already: TASK_KILLED',
    )
    await expect(printed(killCommand(), 'short')).rejects.toThrow('there is no task short')
    expect(await printed(psCommand())).toEqual(['there are no tasks'])
  })
})

describe('Commands for operators: what they change', () => {
  it('quotas are set, shown and removed', async () => {
    const set = ['eng', '--guarantees', 'cpus:1', '--limits', 'cpus:2;mem:128']
    expect(await printed(quotaCommand(), ...set)).toEqual(['the quota of eng is set'])
    expect((await printed(quotaCommand()))[1]).toMatch(/^eng +1 cpu +2 cpus, 128 MB$/)
    expect(await printed(quotaCommand(), 'eng', '--remove')).toEqual([
      'the quota of eng is removed',
    ])
    expect(await printed(quotaCommand(), 'eng')).toEqual(['eng has no quota'])
    await expect(printed(quotaCommand(), 'x', '--guarantees', 'cpus:200')).rejects.toThrow(
      /answers 400: /,
    )
    await expect(printed(quotaCommand(), '--remove')).rejects.toThrow('say of which role')
  })

  it('weights count from then on', async () => {
    expect(await printed(weightsCommand(), '--set', 'ads=3')).toEqual(['ads counts 3'])
    expect((await printed(weightsCommand()))[1]).toMatch(/^ads +3$/)
  })

  it('an agent is emptied, and offered again', async () => {
    await printed(drainCommand(), 'two', '--grace', '2s')
    expect(await agentLine('two')).toMatch(/ drain(?:ing|ed) /)
    await printed(drainCommand(), 'two', '--undo')
    expect(await agentLine('two')).toMatch(/ active /)
    await expect(printed(drainCommand(), 'nowhere')).rejects.toThrow('there is no agent nowhere')
  })

  it('a framework is ended with all of its tasks', async () => {
    const job = tenants.jobs('doomed').submit({ command: 'sleep 100', cpus: 1 })
    await soon(() => expect(job.state).toBe('TASK_RUNNING'))
    await printed(killCommand(), '--framework', 'doomed')
    expect((await job.done).message).toMatch(/an operator has ended the framework/)
    await soon(async () => expect(await printed(psCommand())).toEqual(['there are no tasks']))
    await expect(printed(killCommand(), '--framework', 'doomed')).rejects.toThrow(
      'there is no framework doomed',
    )
  })
})

describe('Commands for operators: who is asked, and as whom', () => {
  it('an agent is told from a master, by whatever asks it', async () => {
    // One at work answers more calls than an idle one.
    const job = tenants.jobs('busy').submit({ command: 'sleep 100', cpus: 2 })
    await soon(() => expect(job.state).toBe('TASK_RUNNING'))
    const place = (await agentPlace('one')).replace('one:', '127.0.0.1:')
    const commands = [
      psCommand(),
      tasksCommand(),
      frameworksCommand(),
      agentsCommand(),
      rolesCommand(),
      weightsCommand(),
    ]
    for (const command of commands) {
      await expect(printed(command, '--master', place), command.name()).rejects.toThrow(
        `http://${place} is an agent; --master is where its master listens`,
      )
    }
    await expect(printed(killCommand(), 'T', '--master', place)).rejects.toThrow('is an agent')
    await expect(printed(logsCommand(), 'T', '--master', place)).rejects.toThrow('is an agent')
    job.kill()
    await job.done
  })
})
