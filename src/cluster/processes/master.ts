import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Storage } from '../../actors/ports.ts'
import { codeOf, messageOf } from '../../executors/sentences.ts'
import { Deferred } from '../../frameworks/deferred.ts'
import { EnvelopeChecker } from '../../messages/checker.ts'
import type { MasterMemory } from '../../messages/records.ts'
import { InvalidInputError, StorageError } from '../../model/errors.ts'
import { checkKeys } from '../../model/resources/amounts.ts'
import type { Mark } from '../../model/turn.ts'
import type { OpenedMemory } from '../../storage/open.ts'
import { WebSocketHub } from '../../transports/websocket/hub.ts'
import { Controls } from '../controls.ts'
import { Hosting, type ProcessOptions } from '../hosting.ts'
import { checkTimeouts } from '../options.ts'
import { policyNamed, type SharingOptions, sharingKeys, sharingOf } from '../sharing.ts'
import { MasterDoors, type MasterHttpOptions } from './master-doors.ts'
import { leaveForNeighbours } from './neighbours.ts'
import { masterPort, portOf } from './place.ts'
import { checkReach, type SecurityOptions, securityOf } from './security.ts'
import { givenToken, isLoopback, keptToken, type TokenOptions } from './token.ts'

/** A master whose agents and tenants are in other processes. */
export interface MasterOptions extends SharingOptions, ProcessOptions, TokenOptions {
  /** Where it listens. Default 5050; 0 takes one that is free. */
  readonly port?: number
  /** On which address of this machine. Default 127.0.0.1: only this machine can reach it. */
  readonly ip?: string
  /**
   * Where it keeps what outlives it: the registry of agents, quotas, weights and maintenance, and
   * the token, when none is given. A master that is started there again goes on as before. By
   * default a new folder among the system's temporary ones, and no registry.
   */
  readonly workDir?: string
  /** `memory` keeps no registry though there is a work folder. Default `level`. */
  readonly registry?: 'memory' | 'level'
  /** Hears what was found damaged in the registry, as sentences. */
  readonly onDamage?: (damage: string) => void
  /** How it answers over HTTP. */
  readonly http?: MasterHttpOptions
  /** Who may reach it over HTTP, and what they may do. By default everybody everything. */
  readonly security?: SecurityOptions
  /** How many ended tasks of each framework are remembered. Default 1000. */
  readonly completedTasksMax?: number
  /** Everybody who reaches the port may join. Default false. */
  readonly withoutToken?: boolean
  /** Allows that beyond this machine, too. Default false. */
  readonly insecure?: boolean
  /** Hears at once what `marks()` counts, such as who was refused or lost, and why. */
  readonly onMark?: (mark: Mark) => void
}

const keys = [
  ...sharingKeys,
  'timeouts',
  'inspect',
  'clock',
  'ids',
  'token',
  'tokenFile',
  'port',
  'ip',
  'workDir',
  'registry',
  'onDamage',
  'http',
  'security',
  'completedTasksMax',
  'withoutToken',
  'insecure',
  'onMark',
]

interface Door {
  readonly token: string | undefined
  readonly tokenFile: string | undefined
  /** Nobody was given it: it is left for processes of the same user on this machine. */
  readonly isMade: boolean
}

/** A master in a process of its own; see `createMaster`. */
export class Master extends Controls {
  /** Where it listens: `127.0.0.1:5050`. */
  readonly place: string
  readonly workDir: string
  /** What agents and tenants show; nothing when everybody may join. */
  readonly token: string | undefined
  /** The file that has it, when the master made it or found it in its work folder. */
  readonly tokenFile: string | undefined
  /** Resolves when it cannot go on, with the reason: its disk is full, say. */
  readonly crashed: Promise<Error>
  readonly #doors: MasterDoors
  readonly #storage: Storage | undefined
  /** Its token is no good any more. */
  readonly #takeBack: () => void
  #closing: Promise<void> | undefined

  constructor(
    place: string,
    workDir: string,
    { token, tokenFile }: Door,
    doors: MasterDoors,
    parts: ConstructorParameters<typeof Controls>[0] & {
      readonly takeBack: () => void
      readonly flags: Readonly<Record<string, string>>
    },
  ) {
    const crash = new Deferred<Error>()
    super({
      ...parts,
      onCrash: (reason) => crash.resolve(new StorageError(`the master cannot go on: ${reason}`)),
      onReport: (report) => doors.take(report),
    })
    this.crashed = crash.promise
    this.#storage = parts.storage
    this.#takeBack = parts.takeBack
    this.place = place
    this.workDir = workDir
    this.token = token
    this.tokenFile = tokenFile
    this.#doors = doors
    const { transport, hosting, ledger } = parts
    doors.open({
      place,
      masterId: ledger.masterId,
      transport,
      ids: hosting.ids,
      clock: hosting.clock,
      ledger: () => this.ledger,
      ask: (setting) => this.ask(setting),
      flags: parts.flags,
    })
  }

  /** Leaves; what runs on the agents runs on, and waits for a master at the same place. */
  close(): Promise<void> {
    this.#closing ??= new Promise<void>((closed) => {
      this.#takeBack()
      this.#doors.close(closed)
      this.end('the master was closed')
    }).then(() => this.#storage?.close())
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/**
 * Starts a master that agents (`createAgent`) and tenants (`connectCluster`) link up with. Rejects
 * with InvalidInputError for options that cannot work, or a port that is taken.
 */
export async function startMaster(options: MasterOptions): Promise<Master> {
  checkMaster(options)
  const policy = policyNamed(options.policy)
  const sharing = sharingOf(options)
  const hosting = new Hosting(options, policy, options.onMark)
  const masterId = hosting.ids.uuid()
  const workDir = resolve(options.workDir ?? join(tmpdir(), `mesostate-${masterId}`))
  const door = doorOf(options, workDir)
  const doors = new MasterDoors({
    limits: options.http ?? {},
    security: securityOf(options.security ?? {}, hosting.clock),
    onMark: hosting.note,
  })
  const { server } = doors
  const { completedTasksMax } = options
  const kept = await registryOf(options, workDir)
  const clusterId = kept?.memory.cluster?.clusterId ?? masterId
  const place = await listen(server, options).catch(async (error: unknown) => {
    await kept?.storage.close()
    throw error
  })
  const takeBack = leftBy(door, place)
  const transport = new WebSocketHub({
    clock: hosting.clock,
    server,
    token: door.token,
    check: new EnvelopeChecker(),
    // One that keeps nothing would be another cluster after each restart.
    ...(kept && { clusterId }),
    onMark: hosting.note,
  })
  return new Master(place, workDir, door, doors, {
    takeBack,
    flags: { place, work_dir: workDir, registry: kept === undefined ? 'memory' : 'level' },
    onReport: (report) => doors.take(report),
    hosting,
    transport,
    policy,
    ledger: {
      masterId,
      ...sharing,
      ...(completedTasksMax !== undefined && { completedTasksMax }),
      ...(kept && { memory: kept.memory }),
    },
    ...(kept && { storage: kept.storage }),
    tenants: () => [],
  })
}

/** Nothing where nothing is to be kept. Rejects with StorageError for an unusable folder. */
async function registryOf(
  { workDir: given, registry = 'level', onDamage }: MasterOptions,
  workDir: string,
): Promise<OpenedMemory<MasterMemory> | undefined> {
  if (given === undefined || registry === 'memory') return undefined
  // Whoever keeps nothing need not load what keeps it.
  const { openMasterMemory } = await import('../../storage/open.ts')
  const opened = await openMasterMemory(join(workDir, 'registry'))
  for (const damage of opened.damages) onDamage?.(damage)
  return opened
}

function checkMaster(options: MasterOptions): void {
  checkKeys('the master', options, keys)
  checkTimeouts(options.timeouts ?? {})
  const { port = masterPort, ip = '127.0.0.1', withoutToken = false, insecure = false } = options
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidInputError(`the port of the master is ${port}; give 0 to 65535`)
  }
  const { completedTasksMax = 0 } = options
  if (!Number.isInteger(completedTasksMax) || completedTasksMax < 0) {
    throw new InvalidInputError(
      `completedTasksMax is ${completedTasksMax}; give a whole number from 0`,
    )
  }
  if (withoutToken && (options.token !== undefined || options.tokenFile !== undefined)) {
    throw new InvalidInputError('withoutToken: there is a token; leave one of them out')
  }
  if (withoutToken && !insecure && !isLoopback(ip)) {
    throw new InvalidInputError(
      `a master on ${ip} without a token would run anybody's commands; give it a token, or say insecure`,
    )
  }
  checkReach(ip, options.security ?? {}, insecure)
}

function doorOf(options: MasterOptions, workDir: string): Door {
  if (options.withoutToken === true) {
    return { token: undefined, tokenFile: undefined, isMade: false }
  }
  const given = givenToken(options)
  if (given !== undefined) {
    return { token: given, tokenFile: options.tokenFile, isMade: false }
  }
  const { token, file } = keptToken(workDir)
  return { token, tokenFile: file, isMade: true }
}

/** A token that nobody was given is left where it is found; returns what takes it back. */
function leftBy({ token, isMade }: Door, place: string): () => void {
  return isMade && token !== undefined ? leaveForNeighbours(portOf(place), token) : () => {}
}

/** Listens, and returns where. */
function listen(
  server: Server,
  { port = masterPort, ip = '127.0.0.1' }: MasterOptions,
): Promise<string> {
  return new Promise((done, fail) => {
    server.once('error', (error) => {
      const taken = codeOf(error) === 'EADDRINUSE'
      const why = taken ? 'somebody listens there already' : messageOf(error)
      fail(new InvalidInputError(`the master cannot listen on ${ip}:${port}: ${why}`))
    })
    server.listen(port, ip, () => {
      const address = server.address()
      const taken = typeof address === 'object' && address !== null ? address.port : port
      done(`${ip.includes(':') ? `[${ip}]` : ip}:${taken}`)
    })
  })
}
