import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Storage } from '../../actors/ports.ts'
import { Deferred } from '../../frameworks/deferred.ts'
import { EnvelopeChecker } from '../../messages/checker.ts'
import type { MasterMemory } from '../../messages/records.ts'
import { StorageError } from '../../model/errors.ts'
import type { OpenedMemory } from '../../storage/open.ts'
import { WebSocketHub } from '../../transports/websocket/hub.ts'
import { Controls, type ControlsParts } from '../controls.ts'
import { Hosting } from '../hosting.ts'
import { policyNamed, sharingOf } from '../sharing.ts'
import { listen } from './listen.ts'
import { MasterDoors } from './master-doors.ts'
import { checkMaster, hostnameOf, type MasterOptions } from './master-options.ts'
import { leaveForNeighbours } from './neighbours.ts'
import { masterPort, portOf } from './place.ts'
import { securityOf } from './security.ts'
import { shownFlags } from './shown-flags.ts'
import { givenToken, keptToken } from './token.ts'

export type { MasterOptions } from './master-options.ts'

interface Door {
  readonly token: string | undefined
  readonly tokenFile: string | undefined
  /** Nobody was given it: it is left for processes of the same user on this machine. */
  readonly isMade: boolean
}

/** What a master is made of, once it listens. */
export interface MasterParts {
  readonly place: string
  readonly workDir: string
  readonly door: Door
  readonly doors: MasterDoors
  readonly takeBack: () => void
  /** With what it was started, as operators may see it. */
  readonly flags: Readonly<Record<string, string>>
  readonly controls: ControlsParts
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

  constructor({ place, workDir, door, doors, takeBack, flags, controls }: MasterParts) {
    const crash = new Deferred<Error>()
    super({
      ...controls,
      onCrash: (reason) => crash.resolve(new StorageError(`the master cannot go on: ${reason}`)),
    })
    this.crashed = crash.promise
    this.#storage = controls.storage
    this.#takeBack = takeBack
    this.place = place
    this.workDir = workDir
    this.token = door.token
    this.tokenFile = door.tokenFile
    this.#doors = doors
    const { transport, hosting, ledger } = controls
    doors.open({
      place,
      masterId: ledger.masterId,
      transport,
      ids: hosting.ids,
      clock: hosting.clock,
      ledger: () => this.ledger,
      ask: (setting) => this.ask(setting),
      flags,
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
  return new Master(await masterParts(options))
}

/**
 * Listens. Whoever gets the parts makes the master at once: those who link up meanwhile would find
 * nobody. Rejects with InvalidInputError.
 */
export async function masterParts(options: MasterOptions): Promise<MasterParts> {
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
    hostname: hostnameOf(options),
  })
  const { server } = doors
  const { ip = '127.0.0.1', port = masterPort, completedTasksMax } = options
  const kept = await registryOf(options, workDir)
  const clusterId = kept?.memory.cluster?.clusterId ?? masterId
  const place = await listen(server, 'the master', ip, port).catch(async (error: unknown) => {
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
  const ledger = {
    masterId,
    ...sharing,
    ...(completedTasksMax !== undefined && { completedTasksMax }),
    ...(kept && { memory: kept.memory }),
  }
  const controls: ControlsParts = {
    hosting,
    transport,
    policy,
    ledger,
    ...(kept && { storage: kept.storage }),
    tenants: () => [],
    onReport: (report) => doors.take(report),
  }
  const flags = shownFlags(options, hosting.timeouts, {
    place,
    workDir,
    isKept: kept !== undefined,
  })
  return { place, workDir, door, doors, takeBack, flags, controls }
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
