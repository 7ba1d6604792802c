import { get as getHttp, type IncomingMessage } from 'node:http'
import { get as getHttps } from 'node:https'
import { connect } from 'node:net'
import type { Check, CommandInfo, HealthCheck } from '../messages/index.ts'
import { messageOf, sentenceOfExit } from './sentences.ts'
import { signalGroup, spawnCommand, whyNotLaunched } from './spawn-command.ts'
import type { ProcessUser } from './users.ts'

/** Where and with what variables the command of a check runs. */
export interface CheckPlace {
  readonly directory: string
  readonly environment: () => NodeJS.ProcessEnv
  /** As whom, if not as the user of this process. */
  readonly user?: ProcessUser | undefined
}

const localhost = '127.0.0.1'

/** What a check found; of the facts, those that it came to know. */
export interface Finding {
  /** A sentence, when this means that the task is not healthy. */
  readonly problem?: string
  readonly exitCode?: number
  readonly statusCode?: number
  readonly succeeded?: boolean
}

/**
 * Makes one check. It has no time limit of its own: aborting the signal ends it early, and then
 * what it resolves with has no meaning; nothing of the check is left afterwards.
 */
export function probe(
  check: HealthCheck | Check,
  place: CheckPlace,
  signal: AbortSignal,
): Promise<Finding> {
  switch (check.type) {
    case 'COMMAND':
      if (check.command === undefined) return incomplete('COMMAND', 'command')
      return probeCommand(check.command, place, signal)
    case 'HTTP':
      if (check.http === undefined) return incomplete('HTTP', 'http')
      return probeHttp(check.http, signal)
    case 'TCP':
      if (check.tcp === undefined) return incomplete('TCP', 'tcp')
      return probeTcp(check.tcp, signal)
  }
}

async function incomplete(type: string, field: string): Promise<Finding> {
  return { problem: `the ${type} health check has no ${field}` }
}

function probeCommand(
  command: CommandInfo,
  place: CheckPlace,
  signal: AbortSignal,
): Promise<Finding> {
  const directory = command.workingDirectory ?? place.directory
  const environment = { ...place.environment(), ...command.environment }
  return new Promise((resolve) => {
    const started = spawnCommand(command, directory, environment, 'ignore', place.user)
    const refuse = (error: unknown) => {
      const why = whyNotLaunched(command, directory, error)
      resolve({ problem: `the health check did not start: ${why}` })
    }
    if (started instanceof Error) return refuse(started)
    const kill = () => signalGroup(started, 'SIGKILL')
    signal.addEventListener('abort', kill)
    started.once('error', refuse)
    started.once('exit', (code, signalName) => {
      signal.removeEventListener('abort', kill)
      // What the command left in its group would pile up, one more with each check.
      kill()
      if (code === 0) return resolve({ exitCode: code })
      const sentence = sentenceOfExit(command, code ?? undefined, signalName ?? undefined)
      const problem = `\`${command.value}\` ${sentence}`
      resolve(code === null ? { problem } : { problem, exitCode: code })
    })
  })
}

function probeHttp(http: NonNullable<HealthCheck['http']>, signal: AbortSignal): Promise<Finding> {
  const scheme = http.scheme ?? 'http'
  const url = `${scheme}://${hostInUrl(http.host ?? localhost)}:${http.port}${pathOf(http.path)}`
  if (scheme !== 'http' && scheme !== 'https') {
    const problem = `the scheme of a health check is http or https, not ${scheme}`
    return Promise.resolve({ problem })
  }
  return new Promise((resolve) => {
    const answered = (response: IncomingMessage) => {
      response.destroy()
      const { statusCode = 0 } = response
      if (statusCode >= 200 && statusCode < 400) return resolve({ statusCode })
      resolve({ statusCode, problem: `GET ${url} answered ${statusCode}` })
    }
    const failed = (error: unknown) =>
      resolve({ problem: `GET ${url} failed: ${messageOf(error)}` })
    // A kept-alive connection would show an old server; a certificate cannot name this address.
    const options = { agent: false, signal } as const
    try {
      const request =
        scheme === 'http'
          ? getHttp(url, options, answered)
          : getHttps(url, { ...options, rejectUnauthorized: false }, answered)
      request.on('error', failed)
    } catch (error) {
      failed(error)
    }
  })
}

function probeTcp(
  { host = localhost, port }: NonNullable<HealthCheck['tcp']>,
  signal: AbortSignal,
): Promise<Finding> {
  return new Promise((resolve) => {
    const failed = (error: unknown) => {
      const problem = `no TCP connection to ${host}:${port}: ${messageOf(error)}`
      resolve({ succeeded: false, problem })
    }
    try {
      const socket = connect({ host, port })
      const leave = () => socket.destroy(new Error('the check was given up'))
      signal.addEventListener('abort', leave)
      socket.once('connect', () => {
        resolve({ succeeded: true })
        socket.destroy()
      })
      socket.on('error', failed)
      socket.once('close', () => signal.removeEventListener('abort', leave))
    } catch (error) {
      failed(error)
    }
  })
}

function hostInUrl(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

function pathOf(path: string | undefined): string {
  if (path === undefined) return '/'
  return path.startsWith('/') ? path : `/${path}`
}
