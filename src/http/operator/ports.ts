import type { Clock, Transport } from '../../actors/ports.ts'
import type { OperatorRequest } from '../../messages/index.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { Authorizer } from '../security/authorizer.ts'
import type { Json } from '../wire/json.ts'
import type { FrameworkCounts } from './framework-counts.ts'
import type { History } from './history.ts'

/** Whom callers reach here, and since when. */
export interface MasterFacts {
  readonly id: string
  readonly hostname: string
  readonly ip: string
  readonly port: number
  /** The version of Mesos' protocol that is spoken. */
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number
  /** The name of the cluster, if it has one. */
  readonly cluster?: string
  /** With what it was started; nothing secret among it. */
  readonly flags: Readonly<Record<string, string>>
}

/** What the operator's door needs of the process it is in. */
export interface OperatorPorts {
  readonly facts: MasterFacts
  /** The master's book, for reading. */
  readonly ledger: () => Ledger
  readonly history: History
  /**
   * Resolves when the request counts; rejects with InvalidInputError when the master refuses it,
   * with ClosedError when nobody answers any more.
   */
  readonly ask: (request: OperatorRequest) => Promise<void>
  /** The way to the master, for what is said in the name of somebody whom it knows. */
  readonly transport: Pick<Transport, 'send'>
  readonly clock: Clock
  /** Who may do and see what; without it everybody everything. */
  readonly authorizer?: Authorizer
  /** How much frameworks have said and were told. */
  readonly talk?: Pick<FrameworkCounts, 'metricsOf'>
  /** More metrics, by Mesos' names: of doors and stores that only their owners know. */
  readonly metrics?: () => Readonly<Record<string, number>>
}

/** What Mesos says of a master; the scheduler API tells it, too. */
export function masterInfo({ id, hostname, ip, port, version }: MasterFacts): Json {
  return {
    id,
    ip: ipNumber(ip),
    port,
    pid: `master@${ip}:${port}`,
    hostname,
    version,
    address: { hostname, ip, port },
    capabilities: [{ type: 'AGENT_UPDATE' }, { type: 'AGENT_DRAINING' }, { type: 'QUOTA_V2' }],
  }
}

/** The address as one number, its first byte the lowest, as Mesos has it; 0 for IPv6. */
function ipNumber(ip: string): number {
  const bytes = ip.split('.').map(Number)
  if (bytes.length !== 4) return 0
  return bytes.reduceRight((number, byte) => number * 256 + byte, 0)
}
