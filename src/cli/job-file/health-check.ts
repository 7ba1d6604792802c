import type { Command } from '../../frameworks/task-request.ts'
import type { CommandInfo, HealthCheck } from '../../messages/index.ts'
import { durationMs } from './duration.ts'
import type { Report } from './problems.ts'
import type { HealthCheck as Written } from './schema.ts'

/** The check in the words of the API; reports when it is not one check. */
export function healthCheckOf(written: Written, report: Report): HealthCheck | undefined {
  const { command, http, tcp, consecutiveFailures } = written
  const ways: readonly (Way | undefined)[] = [
    command === undefined ? undefined : { type: 'COMMAND', command: commandInfo(command) },
    http === undefined ? undefined : { type: 'HTTP', http },
    tcp === undefined ? undefined : { type: 'TCP', tcp },
  ]
  const [way, ...others] = ways.filter((one) => one !== undefined)
  if (way === undefined || others.length > 0) {
    const what = way === undefined ? 'none' : 'more than one'
    report([], `the health check has ${what} of command, http and tcp; expected one`, 'key')
    return undefined
  }
  const limit = consecutiveFailures === undefined ? {} : { consecutiveFailures }
  return { ...way, ...timesOf(written), ...limit }
}

type Way = Pick<HealthCheck, 'type' | 'command' | 'http' | 'tcp'>

function timesOf({ delay, interval, timeout, grace }: Written) {
  const times = { delayMs: delay, intervalMs: interval, timeoutMs: timeout, gracePeriodMs: grace }
  return Object.fromEntries(
    Object.entries(times).flatMap(([name, written]) => {
      const value = written === undefined ? undefined : durationMs(written)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function commandInfo(command: Command | string[]): CommandInfo {
  if (typeof command === 'string') return { value: command }
  const [program = '', ...rest] = command
  return { value: program, shell: false, arguments: [...rest] }
}
