import { resolve } from 'node:path'
import { Command } from 'commander'
import type { AgentProcess } from '../cluster/processes/agent.ts'
import type { AgentHttpOptions } from '../cluster/processes/agent-doors.ts'
import { authorizerOf, credentialsOf } from '../cluster/processes/security.ts'
import { createAgent } from '../cluster/processes.ts'
import type { Attributes, Resources } from '../messages/index.ts'
import { describeResources } from '../model/resources/describe.ts'
import { listenForInterruption } from './interruption.ts'
import { type AgentGiven, agentTimeoutsOf, withAgentFlags } from './processes/agent-flags.ts'
import {
  doubtsAbout,
  linkOptionsOf,
  parseAttributes,
  parsePort,
  parseResources,
  type TokenGiven,
  withTokenFile,
} from './processes/options.ts'
import { linkTeller, tell } from './processes/talk.ts'
import { withSettings } from './settings/settings.ts'
import { exitCodes } from './usage.ts'

interface Given extends TokenGiven, AgentGiven {
  readonly master: string
  readonly resources?: Resources
  readonly attributes?: Attributes
  readonly port?: number
  readonly ip?: string
  readonly credentials?: string
  readonly acls?: string
  readonly insecure?: boolean
  readonly hostname?: string
  readonly workDir?: string
}

/** `mesostate agent`: offers this machine to a master in another process. */
export function agentCommand(): Command {
  const command = new Command('agent')
    .description('offer this machine to a master, and run tasks on it')
    .option('--master <host:port>', 'where the master listens')
    .option(
      '--port <port>',
      'where executors and operators reach it (default: a free one)',
      parsePort,
    )
    .option('--ip <ip>', 'on which address (default 127.0.0.1: only this machine)')
    .option('--credentials <file>', 'operators have to show one of these principals and its secret')
    .option('--acls <file>', "who may see what, in Mesos' form")
    .option('--insecure', 'let anybody in beyond this machine, too')
    .option(
      '--resources <list>',
      "what it offers, as 'cpus:4;mem:4096;ports:[31000-32000]' (default: all of this machine)",
      parseResources,
    )
    .option(
      '--attributes <list>',
      "what is to be known of it, as 'rack:r1;os:linux'",
      parseAttributes,
    )
    .option('--hostname <name>', 'its name in the cluster (default: that of this machine)')
    .option(
      '--work-dir <dir>',
      'where sandboxes are made, and where a restarted agent finds its tasks',
    )
  return withSettings(
    withTokenFile(withAgentFlags(command)).addHelpText(
      'after',
      '\nIt waits for a master that is not there yet, and comes back to one that was. SIGTERM and' +
        '\nSIGINT: its tasks are asked to end, and it leaves (again: at once); SIGUSR1 does the same.' +
        '\nExit codes: 0 left as asked; 1 the master does not want it; 2 the options are wrong.',
    ),
    ['master'],
  ).action(async (given: Given) => {
    process.exitCode = await agent(given)
  })
}

async function agent(given: Given): Promise<number> {
  const { master, resources, attributes, hostname, workDir } = given
  doubtsAbout(resources ?? {}).forEach(tell)
  const waiting = new AbortController()
  let started: AgentProcess | undefined
  const leave = (times: number): void => {
    waiting.abort()
    void started?.stop(times === 1 ? {} : { graceMs: 0 })
  }
  using _interruption = listenForInterruption((_signal, times) => leave(times))
  const unregister = (): void => leave(1)
  process.on('SIGUSR1', unregister)
  try {
    started = await createAgent({
      master,
      http: httpOf(given),
      agent: {
        ...(hostname !== undefined && { name: hostname }),
        // Templates fill in empty texts, and mean that there is nothing to say.
        ...(isFilled(resources) && { resources }),
        ...(attributes !== undefined && { attributes }),
      },
      ...linkOptionsOf(given),
      ...(workDir !== undefined && { workDir: resolve(workDir) }),
      ...(given.recover !== undefined && { recover: given.recover }),
      ...(given.switchUser !== undefined && { switchUser: given.switchUser }),
      onDamage: tell,
      timeouts: agentTimeoutsOf(given),
      signal: waiting.signal,
      onLink: linkTeller(master, tell),
    })
    process.stdout.write(`${readyLine(started, master)}\n`)
    if (waiting.signal.aborted) await started.stop()
    const error = await started.ended
    if (error === undefined) return exitCodes.ok
    tell(error.message)
    return exitCodes.failed
  } catch (error) {
    return failed(error, waiting.signal)
  } finally {
    process.off('SIGUSR1', unregister)
  }
}

function readyLine({ name, offered, workDir, endpoint }: AgentProcess, master: string): string {
  const parts = [
    `mesostate agent ${name} registered with the master at ${master}`,
    `${describeResources(offered)}; sandboxes in ${workDir}`,
  ]
  const door = endpoint === undefined ? '' : `; it listens on ${endpoint.ip}:${endpoint.port}`
  return `${parts.join(': ')}${door}`
}

function httpOf(given: Given): AgentHttpOptions {
  const { port, ip, credentials, acls, authenticateExecutors, insecure } = given
  const known = credentialsOf({ ...(credentials !== undefined && { credentials }) })
  const authorizer = authorizerOf({ ...(acls !== undefined && { acls }) })
  return {
    ...(port !== undefined && { port }),
    ...(ip !== undefined && { ip }),
    ...(known !== undefined && { credentials: known }),
    ...(authorizer !== undefined && { authorizer }),
    ...(authenticateExecutors !== undefined && { authenticateExecutors }),
    ...(insecure !== undefined && { insecure }),
  }
}

function isFilled(list: Resources | undefined): list is Resources {
  return list !== undefined && Object.keys(list).length > 0
}

function failed(error: unknown, waiting: AbortSignal): number {
  if (waiting.aborted) return exitCodes.ok
  if (!(error instanceof Error) || error.name !== 'ClosedError') throw error
  tell(error.message)
  return exitCodes.failed
}
