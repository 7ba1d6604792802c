import type { CheckStatus } from '../../messages/index.ts'
import { enumAt, type Json, objectAt, optionalBoolean, optionalInteger } from './json.ts'

const types = ['COMMAND', 'HTTP', 'TCP'] as const

/** Reads a CheckStatusInfo: the part of its type is empty before there is a result. */
export function readCheckStatus(value: unknown, path: string): CheckStatus {
  const json = objectAt(value, path)
  const type = enumAt(json.type, types, `${path}.type`)
  const at = `${path}.${type.toLowerCase()}`
  const { exit_code, status_code, succeeded } = objectAt(json[type.toLowerCase()], at)
  const status: CheckStatus = { type }
  if (type === 'TCP') {
    const isConnected = optionalBoolean(succeeded, `${at}.succeeded`)
    if (isConnected !== undefined) status.succeeded = isConnected
  } else if (type === 'HTTP') {
    const code = optionalInteger(status_code, `${at}.status_code`)
    if (code !== undefined) status.statusCode = code
  } else {
    const code = optionalInteger(exit_code, `${at}.exit_code`)
    if (code !== undefined) status.exitCode = code
  }
  return status
}

export function writeCheckStatus({ type, exitCode, statusCode, succeeded }: CheckStatus): Json {
  switch (type) {
    case 'COMMAND':
      return { type, command: exitCode === undefined ? {} : { exit_code: exitCode } }
    case 'HTTP':
      return { type, http: statusCode === undefined ? {} : { status_code: statusCode } }
    case 'TCP':
      return { type, tcp: succeeded === undefined ? {} : { succeeded } }
  }
}
