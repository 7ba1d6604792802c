import type { Role } from './define.ts'
import type { Address } from './ids.ts'
import type { Endpoint } from './shapes.ts'

/** One of the three families of the scheduler API. */
export type Category = 'lifecycle' | 'allocation' | 'task'

/** The family a message type belongs to. */
export function categoryOf(type: string): Category {
  const [category] = type.split('.')
  if (category === 'lifecycle' || category === 'allocation' || category === 'task') return category
  throw new Error(`${type} is not a message type: it starts with none of the three categories`)
}

const roles: ReadonlyMap<string, Role> = new Map(
  (['scheduler', 'master', 'agent', 'executor', 'operator'] as const).map((role) => [role, role]),
)

/** The role that lives at an address: the part before the first slash. */
export function roleOf(address: Address): Role {
  const slash = address.indexOf('/')
  const known = roles.get(slash < 0 ? address : address.slice(0, slash))
  if (known !== undefined) return known
  throw new Error(`${address} is not an address: it names none of the roles`)
}

/** Where somebody answers, as one word: `127.0.0.1:5051`, `[::1]:5051`. */
export function placeOf({ ip, port }: Endpoint): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
}

/** An agent in the words of Mesos' own protocol, by which clients find its port. */
export function pidOf(endpoint: Endpoint): string {
  return `slave(1)@${placeOf(endpoint)}`
}
