import { userInfo } from 'node:os'
import { Framework, type FrameworkCallbacks } from '../frameworks/framework.ts'
import type { SchedulerParts } from '../frameworks/scheduler.ts'
import { type LineNews, SchedulerLine } from '../http/client/scheduler-line.ts'
import { type ClientOptions, serversOf } from '../http/client/server.ts'
import type { FrameworkInfo } from '../messages/index.ts'
import { InvalidInputError } from '../model/errors.ts'
import { checkKeys } from '../model/resources/amounts.ts'
import { Hosting, type ProcessOptions } from './hosting.ts'
import {
  checkFramework,
  checkTimeouts,
  type FrameworkOptions,
  frameworkInfo,
  frameworkKeys,
} from './options.ts'

/** A framework, and how its scheduler reaches its master over HTTP. */
export interface ConnectSchedulerOptions
  extends Omit<FrameworkOptions, 'weight' | 'priority'>,
    ClientOptions,
    ProcessOptions {
  /** As whom commands run, where the agents may choose. Default: the user of this process. */
  readonly user?: string
  /**
   * Aborting it ends the scheduler without a word, as if its process had died: its tasks run on for
   * as long as its failover timeout says.
   */
  readonly signal?: AbortSignal
  /** Hears how the way to the master stands. */
  readonly onLink?: (news: LineNews) => void
}

const ownKeys = ['credentials', 'ca', 'timeouts', 'inspect', 'clock', 'ids']
const keys = [...frameworkKeys, ...ownKeys, 'user', 'signal', 'onLink']

/** Connections break: tasks wait so long for their scheduler, where nothing else is said. */
const failoverTimeoutMs = 60_000
/** Silence is judged by the intervals that the master announces, on the way from it. */
const neverMs = 365 * 24 * 3_600_000
/** A master that comes back is to be found soon. */
const registrationBackoffMaxMs = 5_000

/** A framework whose end waits until the master knows of it. */
class RemoteFramework extends Framework {
  readonly #line: SchedulerLine

  constructor(parts: SchedulerParts, callbacks: FrameworkCallbacks, line: SchedulerLine) {
    super(parts, callbacks)
    this.#line = line
  }

  override async stop(): Promise<void> {
    await super.stop()
    await this.#line.left
  }
}

/**
 * A framework with a scheduler of its own whose master answers over HTTP in the language of Mesos
 * v1: at `http://host:port`, or at the first of several such places that answers. The callbacks are
 * those of `framework()` of an embedded cluster. It goes on trying to reach its master; what the
 * master refuses ends it, with a RefusedError as the cause. Throws InvalidInputError.
 */
export function connectScheduler(
  master: string | readonly string[],
  options: ConnectSchedulerOptions,
  callbacks: FrameworkCallbacks,
): Framework {
  const { name, frameworkId, timeouts = {}, signal, onLink, ...rest } = options
  checkConnection(options)
  const servers = serversOf(master, '/api/v1/scheduler', options)
  const hosting = new Hosting({
    ...rest,
    timeouts: { masterSilenceMs: neverMs, registrationBackoffMaxMs, ...timeouts },
  })
  const info = describe(options)
  const address = `scheduler/${name}`
  const line = new SchedulerLine({
    servers,
    address,
    info,
    clock: hosting.clock,
    onMark: hosting.note,
    ...(onLink && { onNews: onLink }),
  })
  const abort = (): void => {
    line.tell({ type: 'lifecycle.error', message: 'it was aborted' })
  }
  signal?.addEventListener('abort', abort, { once: true })
  void line.left.then(() => signal?.removeEventListener('abort', abort))
  const parts: SchedulerParts = {
    host: { ...hosting.on(line), role: hosting.roles.scheduler, address },
    info,
    ...(frameworkId !== undefined && { frameworkId }),
    seed: hosting.ids.seed(),
    timeouts: hosting.timeouts,
    link: line,
    cause: () => line.refusal,
  }
  const framework = new RemoteFramework(parts, callbacks, line)
  if (signal?.aborted === true) abort()
  return framework
}

function checkConnection(options: ConnectSchedulerOptions): void {
  const { name, timeouts = {} } = options
  if ('weight' in options || 'priority' in options) {
    throw new InvalidInputError(
      `framework ${name}: over HTTP, weight and priority are up to the operators of the master`,
    )
  }
  checkKeys(`framework ${name}`, options, keys)
  checkFramework(options)
  checkTimeouts(timeouts)
}

/** As everybody who speaks Mesos v1 understands it: nothing is left to defaults that differ. */
function describe(options: ConnectSchedulerOptions): FrameworkInfo {
  const { user = thisUser(), credentials } = options
  const info = frameworkInfo({
    failoverTimeoutMs,
    ...(credentials && { principal: credentials.principal }),
    ...options,
  })
  const capabilities = [
    ...(info.capabilities ?? []),
    'MULTI_ROLE',
    'RESERVATION_REFINEMENT',
  ] as const
  return { ...info, user, checkpoint: true, capabilities: [...capabilities] }
}

/** Some containers run as a user without a name. */
function thisUser(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}
