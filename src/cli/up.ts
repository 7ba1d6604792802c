import { Command } from 'commander'
import type { AgentSpec } from '../cluster/options.ts'
import type { ServerProcess } from '../cluster/processes/server.ts'
import { createServer } from '../cluster/processes.ts'
import { describeResources } from '../model/resources/describe.ts'
import { type AgentGiven, agentTimeoutsOf, withAgentFlags } from './processes/agent-flags.ts'
import { type MasterGiven, masterOptionsOf, withMasterFlags } from './processes/master-flags.ts'
import { doubtsAbout, parseAgentSpec } from './processes/options.ts'
import { tell } from './processes/talk.ts'
import { doorOf, untilEnded } from './processes/until-ended.ts'
import { withSettings } from './settings/settings.ts'

interface Given extends MasterGiven, AgentGiven {
  readonly agent?: AgentSpec[]
}

/** `mesostate up`: a whole cluster in one process, with Mesos' API at its doors. */
export function upCommand(): Command {
  const command = new Command('up')
    .description('start a master with agents of this machine in one process')
    .option(
      '--agent <spec>',
      "an agent, as 'cpus:4;mem:4096;attributes=rack:r1;os:linux'; may be repeated (default: all of this machine)",
      (text: string, before: AgentSpec[] = []) => [...before, parseAgentSpec(text)],
    )
  return withSettings(
    withAgentFlags(withMasterFlags(command)).addHelpText(
      'after',
      '\nOther agents may join it (mesostate agent --master HOST:PORT). SIGTERM and SIGINT: all its tasks are asked' +
        '\nto end, then it ends (again: at once). Exit codes: 0 ended as asked; 1 it cannot keep what it must; 2 wrong' +
        '\noptions, or the port is taken.',
    ),
  ).action(async (given: Given) => {
    process.exitCode = await up(given)
  })
}

async function up(given: Given): Promise<number> {
  const options = masterOptionsOf(given)
  for (const { resources = {} } of given.agent ?? []) doubtsAbout(resources).forEach(tell)
  const server = await createServer({
    ...options,
    timeouts: { ...options.timeouts, ...agentTimeoutsOf(given) },
    ...(given.agent !== undefined && { agents: given.agent }),
    ...(given.authenticateExecutors !== undefined && {
      authenticateExecutors: given.authenticateExecutors,
    }),
    ...(given.recover !== undefined && { recover: given.recover }),
    ...(given.switchUser !== undefined && { switchUser: given.switchUser }),
    onDamage: tell,
    onMark: ({ name, detail }) => tell(`${name}: ${detail}`),
  })
  process.stdout.write(readyText(server))
  return untilEnded(server, () => void server.close({ graceMs: 0 }))
}

/** The last line says that it is ready. */
function readyText(server: ServerProcess): string {
  const agents = server.agents.map(
    ({ endpoint, offered, workDir }) =>
      `agent on ${endpoint.ip}:${endpoint.port}: ${describeResources(offered)}; sandboxes in ${workDir}\n`,
  )
  return `${agents.join('')}mesostate up listens on ${server.place}; ${doorOf(server)}\n`
}
