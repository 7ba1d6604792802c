import type { KillPolicy } from '../../messages/index.ts'
import { optionalDuration, optionalObject } from './json.ts'

/** Reads how long a task has to end; nothing where that is not said. */
export function readKillPolicy(value: unknown, path: string): KillPolicy | undefined {
  const json = optionalObject(value, path)
  const gracePeriodMs = optionalDuration(json?.grace_period, `${path}.grace_period`)
  return gracePeriodMs === undefined ? undefined : { gracePeriodMs }
}
