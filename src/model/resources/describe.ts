import type { Resources } from '../../messages/index.ts'
import { isPlain, parseKind } from './kinds.ts'

/** `<2 cpus, 1 cpu reserved for eng, volume db of 100 MB>`: resources as a person says them. */
export function describeResources(resources: Resources): string {
  return `<${describeAmounts(resources)}>`
}

/** The same within a sentence: `2 cpus, 1 cpu reserved for eng`. */
export function describeAmounts(resources: Resources): string {
  const parts = Object.entries(resources).map(([key, amount]) => describe(key, amount))
  return parts.length === 0 ? 'nothing' : parts.join(', ')
}

function describe(key: string, amount: Resources[string]): string {
  const kind = isPlain(key) ? undefined : parseKind(key)
  if (kind === undefined) return describeAmount(key, amount)
  const { name, volume, revocable } = kind
  if (volume !== undefined) return `volume ${volume.id} of ${String(amount)} MB`
  const role = kind.reservations.at(-1)?.role
  const reserved = role === undefined ? '' : ` reserved for ${role}`
  return `${describeAmount(name, amount)}${reserved}${revocable ? ' revocable' : ''}`
}

function describeAmount(name: string, amount: Resources[string]): string {
  if (typeof amount !== 'number') {
    const items = amount.map((item) => (typeof item === 'string' ? item : item.join('-')))
    return `${name} ${items.join(' ')}`
  }
  if (name === 'mem') return `${amount} MB`
  if (name === 'disk') return `${amount} MB disk`
  return `${amount} ${amount === 1 ? name.replace(/s$/, '') : name}`
}
