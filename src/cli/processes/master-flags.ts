import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { MasterOptions } from '../../cluster/processes/master-options.ts'
import { policies } from '../../cluster/sharing.ts'
import type { Timeouts } from '../../model/timeouts.ts'
import { parseCount, parseDuration } from '../options.ts'
import { parseMinimums, parsePort, parseWeights } from './options.ts'
import { type SecurityGiven, securityOptionsOf, withSecurityFlags } from './security-flags.ts'

/** What the flags of a master say. */
export interface MasterGiven extends SecurityGiven {
  readonly port?: number
  readonly ip?: string
  readonly hostname?: string
  readonly tokenFile?: string
  /** False for `--no-token`. */
  readonly token: boolean
  readonly insecure?: boolean
  readonly workDir?: string
  readonly registry?: 'memory' | 'level'
  readonly policy?: string
  readonly weights?: Record<string, number>
  readonly minAllocatable?: Record<string, number>[]
  readonly maxCompletedTasks?: number
  readonly allocationInterval?: number
  readonly offerTimeout?: number
  readonly heartbeatInterval?: number
  readonly agentPingTimeout?: number
  readonly maxAgentPingTimeouts?: number
  readonly agentReregisterTimeout?: number
}

const names = policies.map(({ name }) => name)

/** Adds the flags of whatever has a master in it. */
export function withMasterFlags(command: Command): Command {
  return withTimes(
    withSecurityFlags(command)
      .option('--port <port>', 'where it listens (default 5050); 0 takes a free one', parsePort)
      .option('--ip <ip>', 'on which address (default 127.0.0.1: only this machine)')
      .option('--hostname <name>', 'how clients find it (default: localhost, or its own name)')
      .option('--token-file <file>', 'what agents and tenants must show (default: made by itself)')
      .option('--no-token', 'let everybody join who can reach the port')
      .option('--insecure', 'let anybody in beyond this machine, too')
      .option('--work-dir <dir>', 'where it keeps its token and its registry (default: nowhere)')
      .addOption(
        new Option(
          '--registry <kind>',
          'level: a restarted master goes on as before; memory: it forgets',
        )
          .choices(['level', 'memory'])
          .default('level'),
      )
      .option('--policy <name>', `who is offered what: ${names.join(', ')} or fair:RESOURCE`)
      .option('--weights <roles>', 'how much roles count, as eng=2,ads=1', parseWeights)
      .option(
        '--min-allocatable <amounts>',
        "what is worth an offer (default 'cpus:0.01|mem:32')",
        parseMinimums,
      )
      .option(
        '--max-completed-tasks <n>',
        'so many ended tasks of each framework are remembered (1000)',
        parseCount,
      ),
  )
}

function withTimes(command: Command): Command {
  return command
    .option('--allocation-interval <time>', 'how often it looks at the pool (1s)', parseDuration)
    .option('--offer-timeout <time>', 'unanswered offers are taken back (30s)', parseDuration)
    .option('--heartbeat-interval <time>', 'how often schedulers hear of it (15s)', parseDuration)
    .option('--agent-ping-timeout <time>', 'how often it pings agents (15s)', parseDuration)
    .option(
      '--max-agent-ping-timeouts <n>',
      'so many pings without an answer make an agent unreachable (5)',
      parseCount,
    )
    .option(
      '--agent-reregister-timeout <time>',
      'how long a lost agent may take to return (10m)',
      parseDuration,
    )
}

/** What the flags mean. */
export function masterOptionsOf(given: MasterGiven): MasterOptions {
  const { port, ip, hostname, tokenFile, token, insecure, workDir, registry } = given
  const { policy, weights, minAllocatable, maxCompletedTasks } = given
  const security = securityOptionsOf(given)
  return {
    ...(security && { security }),
    ...(port !== undefined && { port }),
    ...(ip !== undefined && { ip }),
    ...(hostname !== undefined && { hostname }),
    ...(tokenFile !== undefined && { tokenFile }),
    ...(!token && { withoutToken: true }),
    ...(insecure !== undefined && { insecure }),
    ...(workDir !== undefined && { workDir: resolve(workDir) }),
    ...(registry !== undefined && { registry }),
    ...(policy !== undefined && { policy }),
    ...(weights !== undefined && { weights }),
    ...(minAllocatable !== undefined && { minAllocatable }),
    ...(maxCompletedTasks !== undefined && { completedTasksMax: maxCompletedTasks }),
    timeouts: masterTimeoutsOf(given),
  }
}

function masterTimeoutsOf(given: MasterGiven): Partial<Timeouts> {
  const { allocationInterval, offerTimeout, heartbeatInterval } = given
  const { agentPingTimeout, maxAgentPingTimeouts, agentReregisterTimeout } = given
  return {
    ...(allocationInterval !== undefined && { allocationIntervalMs: allocationInterval }),
    ...(offerTimeout !== undefined && { offerTimeoutMs: offerTimeout }),
    ...(heartbeatInterval !== undefined && { heartbeatIntervalMs: heartbeatInterval }),
    ...(agentPingTimeout !== undefined && { pingIntervalMs: agentPingTimeout }),
    ...(maxAgentPingTimeouts !== undefined && { pingsMissedMax: maxAgentPingTimeouts }),
    ...(agentReregisterTimeout !== undefined && {
      agentReregistrationTimeoutMs: agentReregisterTimeout,
    }),
  }
}
