import { hostname } from 'node:os'
import { InvalidInputError } from '../../model/errors.ts'
import { checkKeys } from '../../model/resources/amounts.ts'
import type { Mark } from '../../model/turn.ts'
import type { ProcessOptions } from '../hosting.ts'
import { checkTimeouts } from '../options.ts'
import { type SharingOptions, sharingKeys } from '../sharing.ts'
import { checkWorkDir } from '../work-dir.ts'
import type { MasterHttpOptions } from './master-doors.ts'
import { masterPort } from './place.ts'
import { checkReach, type SecurityOptions } from './security.ts'
import { isLoopback, type TokenOptions } from './token.ts'

/** A master whose agents and tenants are in other processes. */
export interface MasterOptions extends SharingOptions, ProcessOptions, TokenOptions {
  /** Where it listens. Default 5050; 0 takes one that is free. */
  readonly port?: number
  /** On which address of this machine. Default 127.0.0.1: only this machine can reach it. */
  readonly ip?: string
  /** How clients are told to call its machine. Default `localhost` where only that is reached. */
  readonly hostname?: string
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

export const masterKeys: readonly string[] = [
  ...sharingKeys,
  'timeouts',
  'inspect',
  'clock',
  'ids',
  'token',
  'tokenFile',
  'port',
  'ip',
  'hostname',
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

/** The name by which clients find the machine: it must lead to where the port is. */
export function hostnameOf({ hostname: given, ip = '127.0.0.1' }: MasterOptions): string {
  return given ?? (isLoopback(ip) ? 'localhost' : hostname() || ip)
}

/** Throws InvalidInputError for a master that cannot be. `keys` are those that somebody reads. */
export function checkMaster(options: MasterOptions, keys: readonly string[] = masterKeys): void {
  checkKeys('the master', options, keys)
  checkTimeouts(options.timeouts ?? {})
  const { port = masterPort, ip = '127.0.0.1', withoutToken = false, insecure = false } = options
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidInputError(`the port of the master is ${port}; give 0 to 65535`)
  }
  const { completedTasksMax = 0, hostname: name = 'localhost' } = options
  if (typeof name !== 'string' || !/^[\w.:-]+$/.test(name)) {
    throw new InvalidInputError(
      `the hostname is ${JSON.stringify(name)}; give a name or an address`,
    )
  }
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
  checkWorkDir(options.workDir)
}
