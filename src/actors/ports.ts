import type {
  Address,
  Check,
  Endpoint,
  Envelope,
  HealthCheck,
  TaskInfo,
} from '../messages/index.ts'
import type {
  RunChecked,
  RunEnding,
  RunExited,
  RunStarted,
  RunStatusChecked,
} from '../model/executor/book.ts'
import type { VolumeId } from '../model/resources/volumes.ts'

/**
 * What the actors need from outside. Ports are passed in, never reached for, so that the same
 * hosts run in production, in tests and in a simulation.
 */

/** A timer that was set. */
export interface Timer {
  readonly id: number
}

/** Time. Everything that waits, waits here. */
export interface Clock {
  /** Milliseconds since the epoch; in tests, since the start of the world. */
  now(): number
  setTimer(callback: () => void, delayMs: number): Timer
  clearTimer(timer: Timer): void
  /** Runs the callback in a later turn, never on the caller's stack, in the order of the calls. */
  soon(callback: () => void): void
}

/** Where ids come from: randomness is an input. */
export interface Ids {
  /** A short id that no other caller gets. */
  short(): string
  /** A random UUID (RFC 4122, version 4). */
  uuid(): string
  /** A 32-bit seed for the pseudo-random delays of one actor. */
  seed(): number
}

/** Receives all envelopes of one turn, in order. */
export type Receive = (envelopes: readonly Envelope[]) => void

/**
 * The road between actors: per ordered pair of addresses first in, first out, at most once.
 * `send` returns before the receiver runs.
 */
export interface Transport {
  send(envelope: Envelope): void
  /** Takes the mailbox of an address; throws when it is taken. Returns the way to give it back. */
  subscribe(address: Address, receive: Receive): () => void
  close(): void
}

/** The way to a master in another process, which may break. */
export interface Link {
  /** Tells how the way from this address stands, until the returned function is called. */
  watch(address: Address, watcher: LinkWatcher): () => void
}

/** Who wants to know of a link; never called on the stack of whoever sends. */
export interface LinkWatcher {
  /** It is open (again): the master hears what is said from now on. */
  opened(): void
  /** It broke: what was said last may be lost, and what is said until it opens is. */
  closed(): void
}

/** What a runner tells about the work of one task. */
export type RunReport =
  | ({ readonly type: 'run.started' } & RunStarted)
  | ({ readonly type: 'run.exited' } & RunExited)
  | ({ readonly type: 'run.checked' } & RunChecked)
  | ({ readonly type: 'run.statusChecked' } & RunStatusChecked)

/** Does the work of an executor's tasks. It never throws: all trouble is a report. */
export interface Runner {
  /** Begins the work. Reports `run.started` at most once and `run.exited` exactly once, later. */
  start(task: TaskInfo): void
  /**
   * Takes up the work of a task again that an earlier process of this agent began. Reports
   * `run.started` if it goes on, and `run.exited` exactly once, also when it ended meanwhile. It
   * never begins work.
   */
  resume(task: TaskInfo): void
  /**
   * `terminate` asks (SIGTERM, an abort signal); `kill` ends the work for certain. Whoever resumes
   * the work is told why.
   */
  stop(taskId: string, how: 'terminate' | 'kill', why?: RunEnding): void
  /** Makes one health check of a running task and reports `run.checked` once. */
  check(taskId: string, check: HealthCheck): void
  /** Makes one check that is only told, of a running task; reports `run.statusChecked` once. */
  observe(taskId: string, check: Check): void
  /** Ends all work at once without reports; resolves when nothing of it is left. */
  close(): Promise<void>
}

/** Work of one agent that outlives the process which began it. */
export interface Survivors {
  /**
   * To be called when the runners of all work that is known from before were asked to resume it,
   * and before there is new work: ends all other work; resolves when nothing of that is left.
   */
  endStrays(): Promise<void>
  /**
   * Lets go of all work, which goes on: the next process of the agent takes it up. Nothing of it is
   * reported from now on, and whoever closes its runners does not end it.
   */
  leave(): void
}

/** The folders of one agent that outlive tasks. */
export interface Volumes {
  /** Makes all of them or none; throws when that fails. */
  create(volumes: readonly VolumeId[]): void
  /** Removes all of them or none, with their data; rejects when that fails. */
  destroy(volumes: readonly VolumeId[]): Promise<void>
  /** Where the data is, or would be. */
  pathOf(volume: VolumeId): string
}

/** An executor that is a program, as whoever lets it in has to know it. */
export interface Seat {
  readonly address: Address
  readonly frameworkId: string
  readonly executorId: string
  readonly containerId?: string
}

/** Where executors that are programs come in to talk to their agent. */
export interface Door {
  /** Lets it in from now on; it is to get these variables, by which it finds the door. */
  open(seat: Seat): Readonly<Record<string, string>>
  /** It is gone: whoever comes in its name is a stranger. */
  close(address: Address): void
}

/** Where a run of an executor, or one of its tasks, has its folder. */
export interface SandboxPlace {
  readonly frameworkId: string
  readonly executorId: string
  readonly containerId?: string
  /** Of a task that has a folder of its own within its executor. */
  readonly taskId?: string
}

/** Remembers where sandboxes are, for whoever wants to look into them. */
export interface SandboxRegistry {
  add(place: SandboxPlace, folder: string): void
}

/** What all processes of an executor that live use together, as far as the system tells. */
export interface ExecutorUsage {
  readonly frameworkId: string
  readonly executorId: string
  readonly cpuUserSecs: number
  readonly cpuSystemSecs: number
  readonly memoryBytes: number
  readonly processes: number
  readonly threads: number
}

/** Whose work a runner does: with the id of a task, what names a run on its agent. */
export interface RunOwner {
  readonly frameworkId: string
  readonly executorId: string
  /** As whom its framework wants it to run. */
  readonly user?: string | undefined
  /** Whether its work is to outlive the process of its agent; false when nothing is said. */
  readonly survives?: boolean
  /** What its work is told about where it runs. */
  readonly surroundings?: Surroundings
}

export interface Surroundings {
  /** Where the agent answers over HTTP, if it does. */
  readonly endpoint?: Endpoint | undefined
  /** Those of the framework. */
  readonly roles: readonly string[]
  /** How long an executor has to end when it is asked to. */
  readonly shutdownGraceMs: number
}

/**
 * Makes the runner of one executor; `report` may be called at any later time. Without volumes it
 * can do no task that has one; without an owner no work of it can be taken up again.
 */
export type RunnerFactory = (
  report: (report: RunReport) => void,
  volumes?: Volumes,
  owner?: RunOwner,
) => Runner

/** What is kept, by key: plain JSON data. */
export type StoredRecords = ReadonlyMap<string, unknown>

/** Values to keep by key; nothing (`undefined`) takes the key away. */
export type StoredChanges = ReadonlyMap<string, unknown>

/** What one actor keeps between its lives. */
export interface Storage {
  /**
   * Keeps all of it or nothing, after what was given before, and calls back in a later turn, when
   * it will be there for the next life. When that cannot be promised it says why: then nothing
   * more can be. What is given is read at once; it may change afterwards.
   */
  write(changes: StoredChanges, done: (error?: Error) => void): void
  /** Gives it back; resolves when the next life may open it. */
  close(): Promise<void>
}

/** A storage just opened, and what an earlier life left there. */
export interface OpenedStorage {
  readonly storage: Storage
  readonly records: StoredRecords
  /** What was found damaged, as sentences for the operator; the rest is in the records. */
  readonly damages: readonly string[]
}
