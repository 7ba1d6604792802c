import type { Resources } from '../../messages/index.ts'
import { isWithin, reservedRole } from './kinds.ts'

/**
 * The role for which a framework with these roles was given the resources: they do not say it, but
 * what is reserved goes only to roles within that of the reservation. Nothing where several may be
 * meant.
 */
export function allocationRole(roles: readonly string[], resources: Resources): string | undefined {
  const reserved = Object.keys(resources).flatMap((key) => reservedRole(key) ?? [])
  const possible = roles.filter((role) => reserved.every((above) => isWithin(role, above)))
  return possible.length === 1 ? possible[0] : undefined
}
