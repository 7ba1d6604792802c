import type { TransferListItem } from 'node:worker_threads'
import { amountKeys, type Needs } from '../../model/resources/amounts.ts'
import { type CommandRequest, commandRequestKeys } from '../task-request.ts'
import type { Prefers } from './preference.ts'
import type { TaskHandle } from './task-handle.ts'

interface Waiting {
  /** What it is called in lists; ids are made from it. */
  readonly name?: string
  /** Aborting it ends the job, or the wait for it. */
  readonly signal?: AbortSignal
  /** Agents that it would rather run on. */
  readonly prefers?: Prefers
  /** How long it waits for one of them before it takes any agent. Default 5,000; 0 is no wait. */
  readonly preferWaitMs?: number
}

/** A command to run as a real process. */
export interface CommandJob extends CommandRequest, Waiting {
  /** How often it is run again after it failed. Default 0. */
  readonly retries?: number
}

/** A function or module to run in this process. */
export interface CallOptions extends Needs, Waiting {
  /** How long it may take to end when it is killed. Default 3,000. */
  readonly killGraceMs?: number
  /** It is killed, and has failed, when it runs for longer. */
  readonly maxTimeMs?: number
  /** How often it is run again after it failed. Default 0. */
  readonly retries?: number
}

export interface ModuleOptions extends CallOptions {
  /** Parts of the input that move to the thread instead of being copied. */
  readonly transfer?: readonly TransferListItem[]
}

/** Resources to hold. The signal counts until they are granted. */
export interface LeaseOptions extends Needs, Waiting {}

/** The result to come, with the task that computes it. */
export type TaskPromise<Result> = Promise<Result> & { readonly task: TaskHandle }

const waitingKeys = ['name', 'signal', 'prefers', 'preferWaitMs']
const callExtras = ['killGraceMs', 'maxTimeMs', 'retries']

export const commandJobKeys: readonly string[] = [...commandRequestKeys, ...waitingKeys, 'retries']
export const callKeys: readonly string[] = [...amountKeys, ...waitingKeys, ...callExtras]
export const moduleKeys: readonly string[] = [...callKeys, 'transfer']
export const leaseKeys: readonly string[] = [...amountKeys, ...waitingKeys]

/** How a request is called in messages, before it is known to be one. */
export function titled(fallback: string, request: CommandJob | LeaseOptions): string {
  const named = typeof request === 'object' && request !== null ? request.name : undefined
  return `job ${named ?? fallback}`
}
