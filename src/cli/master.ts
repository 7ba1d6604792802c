import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import type { Master } from '../cluster/processes/master.ts'
import { createMaster } from '../cluster/processes.ts'
import { policies } from '../cluster/sharing.ts'
import type { Timeouts } from '../model/timeouts.ts'
import { listenForInterruption } from './interruption.ts'
import { parseCount, parseDuration } from './options.ts'
import { parsePort, parseWeights } from './processes/options.ts'
import { tell } from './processes/talk.ts'
import { exitCodes } from './usage.ts'

interface Given {
  readonly port?: number
  readonly ip?: string
  readonly tokenFile?: string
  /** False for `--no-token`. */
  readonly token: boolean
  readonly insecure?: boolean
  readonly workDir?: string
  readonly registry?: 'memory' | 'level'
  readonly policy?: string
  readonly weights?: Record<string, number>
  readonly allocationInterval?: number
  readonly offerTimeout?: number
  readonly agentPingTimeout?: number
  readonly maxAgentPingTimeouts?: number
  readonly agentReregisterTimeout?: number
}

const names = policies.map(({ name }) => name)

/** `mesostate master`: a master that agents and tenants in other processes link up with. */
export function masterCommand(): Command {
  return new Command('master')
    .description('start a master that agents and tenants in other processes link up with')
    .option('--port <port>', 'where it listens (default 5050); 0 takes a free one', parsePort)
    .option('--ip <ip>', 'on which address (default 127.0.0.1: only this machine)')
    .option('--token-file <file>', 'what agents and tenants must show (default: made by itself)')
    .option('--no-token', 'let everybody join who can reach the port')
    .option('--insecure', 'allow --no-token beyond this machine')
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
    .option('--allocation-interval <time>', 'how often it looks at the pool (1s)', parseDuration)
    .option('--offer-timeout <time>', 'unanswered offers are taken back (30s)', parseDuration)
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
    .addHelpText(
      'after',
      '\nWith --work-dir agents, quotas, weights and maintenance outlive the master. SIGTERM and SIGINT end it; tasks run on.' +
        '\nExit codes: 0 ended as asked; 1 it cannot keep what it must; 2 wrong options, or the port is taken.',
    )
    .action(async (given: Given) => {
      process.exitCode = await master(given)
    })
}

async function master(given: Given): Promise<number> {
  const { port, ip, tokenFile, token, insecure, workDir, policy, weights } = given
  const started = await createMaster({
    ...(port !== undefined && { port }),
    ...(ip !== undefined && { ip }),
    ...(tokenFile !== undefined && { tokenFile }),
    ...(!token && { withoutToken: true }),
    ...(insecure !== undefined && { insecure }),
    ...(workDir !== undefined && { workDir: resolve(workDir) }),
    ...(given.registry !== undefined && { registry: given.registry }),
    onDamage: tell,
    ...(policy !== undefined && { policy }),
    ...(weights !== undefined && { weights }),
    timeouts: timeoutsOf(given),
    onMark: ({ name, detail }) => tell(`${name}: ${detail}`),
  })
  process.stdout.write(`mesostate master listens on ${started.place}; ${doorOf(started)}\n`)
  const interrupted = new Promise<undefined>((ended) => {
    const interruption = listenForInterruption(() => {
      interruption[Symbol.dispose]()
      ended(undefined)
    })
  })
  const error = await Promise.race([interrupted, started.crashed])
  await started.close()
  if (error === undefined) return exitCodes.ok
  tell(error.message)
  return exitCodes.failed
}

function doorOf({ token, tokenFile }: Master): string {
  if (token === undefined) return 'everybody may join'
  return tokenFile === undefined ? 'it asks for the token that it was given' : `token: ${tokenFile}`
}

function timeoutsOf(given: Given): Partial<Timeouts> {
  const { allocationInterval, offerTimeout, agentPingTimeout, agentReregisterTimeout } = given
  const { maxAgentPingTimeouts } = given
  return {
    ...(maxAgentPingTimeouts !== undefined && { pingsMissedMax: maxAgentPingTimeouts }),
    ...(allocationInterval !== undefined && { allocationIntervalMs: allocationInterval }),
    ...(offerTimeout !== undefined && { offerTimeoutMs: offerTimeout }),
    ...(agentPingTimeout !== undefined && { pingIntervalMs: agentPingTimeout }),
    ...(agentReregisterTimeout !== undefined && {
      agentReregistrationTimeoutMs: agentReregisterTimeout,
    }),
  }
}
