import type { Server } from 'node:http'
import { networkInterfaces } from 'node:os'
import type { Clock, ExecutorUsage, Transport } from '../../actors/ports.ts'
import { AgentOperatorDoor } from '../../http/agent/operator-door.ts'
import { ExecutorDoor } from '../../http/executor/door.ts'
import { type AgentState, executorRoute } from '../../http/executor/route.ts'
import type { Authorizer } from '../../http/security/authorizer.ts'
import { type Authenticator, BasicAuthenticator } from '../../http/security/basic.ts'
import type { Credentials } from '../../http/security/credentials.ts'
import { ExecutorTokens } from '../../http/security/executor-tokens.ts'
import { Gatekeeper } from '../../http/security/gatekeeper.ts'
import { HttpFront } from '../../http/server/front.ts'
import { createHttpServer } from '../../http/server/http-server.ts'
import { healthRoute, mesosVersion, versionRoute } from '../../http/server/plain-routes.ts'
import type { Realm } from '../../http/server/route.ts'
import type { Address, Endpoint, Envelope } from '../../messages/index.ts'
import type { AgentBook } from '../../model/agent/book.ts'
import { InvalidInputError } from '../../model/errors.ts'
import type { AgentFront } from '../real-agents.ts'
import { executorKey } from './executor-key.ts'
import { listen } from './listen.ts'
import { portOf } from './place.ts'
import { isLoopback } from './token.ts'

/** Where an agent answers its executors and operators over HTTP. */
export interface AgentHttpOptions {
  /** 0, the default, takes any that is free. */
  readonly port?: number
  /** The address of this machine to listen at; by default only this machine can reach it. */
  readonly ip?: string
  /** Executors have to show the token that they are started with; by default nobody asks. */
  readonly authenticateExecutors?: boolean
  /** Operators have to show one of these secrets, by principal; by default nobody asks. */
  readonly credentials?: Credentials
  /** Says which operators may see what; by default all see everything. */
  readonly authorizer?: Authorizer
  /** Others than this machine may reach it although not everybody has to show who they are. */
  readonly insecure?: boolean
}

/** The agent behind the doors. */
export interface AgentBehindDoors {
  readonly address: Address
  /** Its messages are counted where it can be watched. */
  readonly transport: Transport & {
    readonly observe?: (observer: (envelope: Envelope) => void) => () => void
  }
  readonly clock: Clock
  readonly state: AgentState
  /** What it knows, for reading between its turns. */
  readonly book: () => AgentBook
  /** What its executors use now. */
  readonly usage: () => Promise<readonly ExecutorUsage[]>
  readonly workDir: string
  /** With what it was started, as operators may see it. */
  readonly flags: Readonly<Record<string, string>>
  /** How many records of its earlier life could not be read. */
  readonly damagedRecords?: number
}

interface DoorsParts {
  readonly server: Server
  readonly front: HttpFront
  readonly endpoint: Endpoint
  readonly tokens: ExecutorTokens | undefined
  readonly authorizer: Authorizer | undefined
}

/** What answers over HTTP on the port of an agent. */
export class AgentDoors {
  /** Where executors and operators reach it. */
  readonly endpoint: Endpoint
  readonly #server: Server
  readonly #front: HttpFront
  readonly #tokens: ExecutorTokens | undefined
  readonly #authorizer: Authorizer | undefined
  #unwatch: (() => void) | undefined

  /**
   * Listens; rejects with InvalidInputError when it cannot. The key of its executors' tokens is
   * kept in the folder, if one is given.
   */
  static async listen(options: AgentHttpOptions, keyFolder?: string): Promise<AgentDoors> {
    const { port = 0, ip = '127.0.0.1', authenticateExecutors = false, credentials } = options
    checkReach(options, ip)
    const tokens = authenticateExecutors ? new ExecutorTokens(executorKey(keyFolder)) : undefined
    const gatekeeper = gatekeeperOf(tokens, credentials)
    const front = new HttpFront({
      routes: [healthRoute, versionRoute],
      shorten,
      identify: (route, request) => gatekeeper.identify(route, request),
    })
    const server = createHttpServer(front)
    const taken = portOf(await listen(server, 'the agent', ip, port))
    const endpoint = { ip: reachable(ip), port: taken }
    return new AgentDoors({ server, front, endpoint, tokens, authorizer: options.authorizer })
  }

  private constructor({ server, front, endpoint, tokens, authorizer }: DoorsParts) {
    this.#server = server
    this.#front = front
    this.#tokens = tokens
    this.#authorizer = authorizer
    this.endpoint = endpoint
  }

  /** Lets executors and operators of this agent in from now on. */
  open(behind: AgentBehindDoors): AgentFront {
    const { address: agent, transport, clock, state, book, usage } = behind
    const { workDir, flags, damagedRecords } = behind
    const { endpoint } = this
    const door = new ExecutorDoor({ agent, transport, clock, endpoint, tokens: this.#tokens })
    const facts = { version: mesosVersion, startedAtMs: clock.now(), flags, damagedRecords }
    const operators = new AgentOperatorDoor(
      { facts, book, usage, clock, authorizer: this.#authorizer },
      workDir,
    )
    this.#unwatch = transport.observe?.(operators.note)
    this.#front.add([executorRoute(door, state), ...operators.routes])
    return { door, sandboxes: operators.sandboxes, onReport: operators.take }
  }

  /** Ends all that is under way; resolves when the port is free. */
  close(): Promise<void> {
    this.#unwatch?.()
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }
}

/** What Mesos' processes other than its agent answer to. */
const elsewhere = /^\/(?:metrics|files|version)(?:\/|$)/

/** Mesos' agent is one of several processes behind a port: its paths have a longer form, too. */
function shorten(path: string): string {
  const short = /^\/slave(?:\(|%28)\d+(?:\)|%29)(\/.*)$/.exec(path)?.[1]
  return short === undefined || elsewhere.test(short) ? path : short
}

function checkReach(options: AgentHttpOptions, ip: string): void {
  const { authenticateExecutors = false, credentials, insecure = false } = options
  if (isLoopback(ip) || insecure || (authenticateExecutors && credentials !== undefined)) return
  throw new InvalidInputError(
    `http: at ${ip} others than this machine could call it; give credentials and authenticateExecutors, or say insecure`,
  )
}

function gatekeeperOf(
  tokens: ExecutorTokens | undefined,
  credentials: Credentials | undefined,
): Gatekeeper {
  const authenticators = new Map<Realm, Authenticator>()
  if (tokens !== undefined) authenticators.set('mesos-agent-executor', tokens)
  if (credentials !== undefined) {
    const basic = new BasicAuthenticator(credentials)
    authenticators.set('mesos-agent-readonly', basic).set('mesos-agent-readwrite', basic)
  }
  return new Gatekeeper({ authenticators })
}

/** Whoever listens everywhere is reached at some address that is not only this machine's. */
function reachable(ip: string): string {
  if (ip !== '0.0.0.0' && ip !== '::') return ip
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
}
