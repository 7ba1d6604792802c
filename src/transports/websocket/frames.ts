import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/schema'
import { type Address, problemWithId, type Role } from '../../messages/index.ts'

/**
 * What two processes say to each other over one WebSocket: text frames of JSON. A list is
 * envelopes, all of one turn; an object is about the link itself.
 */

/** Version of this protocol. A peer of another version is refused. */
export const protocolVersion = 1

/** Where the master's server answers. */
export const linkPath = '/mesostate/link'

/** Why a link was closed, by WebSocket close code. 4xxx are ours. */
export const closeCodes = {
  done: 1000,
  goingAway: 1001,
  tooBig: 1009,
  /** A frame or envelope that cannot be. */
  badFrame: 4400,
  /** It spoke in the name of somebody who does not live there. */
  foreignSender: 4403,
  silent: 4408,
  replaced: 4409,
  /** It belongs to another cluster. */
  foreignCluster: 4410,
  overflow: 4413,
  /** It speaks another version of this protocol. */
  version: 4426,
} as const

const Refusal = Type.Object({ address: Type.String(), reason: Type.String() })

/** The first frame of a spoke. Others may grow fields; the version decides whether they count. */
export const Hello = Type.Object({
  type: Type.Literal('hello'),
  version: Type.Integer(),
  /** A random id of the process: one that comes back takes its own places at once. */
  instance: Type.String({ minLength: 1, maxLength: 255 }),
  addresses: Type.Array(Type.String()),
  /** The cluster that it belongs to, when it remembers one. */
  clusterId: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
})
/** A spoke hosts one address more, or one less. */
const Join = Type.Object({ type: Type.Literal('join'), address: Type.String() })
const Leave = Type.Object({ type: Type.Literal('leave'), address: Type.String() })

/** The hub's answer to a hello: the addresses that others have. */
const Welcome = Type.Object({ type: Type.Literal('welcome'), refused: Type.Array(Refusal) })
/** The hub's answers to a join. */
const Joined = Type.Object({ type: Type.Literal('joined'), address: Type.String() })
const Refused = Type.Object({ type: Type.Literal('refused'), ...Refusal.properties })

const FromSpoke = Type.Union([Hello, Join, Leave])
const FromHub = Type.Union([Welcome, Joined, Refused])

export type Hello = Static<typeof Hello>
export type FromSpoke = Static<typeof FromSpoke>
export type FromHub = Static<typeof FromHub>

export type Frame<Control> =
  | { readonly kind: 'envelopes'; readonly envelopes: readonly unknown[] }
  | { readonly kind: 'control'; readonly control: Control }
  | { readonly kind: 'problem'; readonly problem: string }

type Parse<Control> = (text: string | undefined) => Frame<Control>

/** Reads the frames of spokes; the schemas are compiled once for all of them. */
export function spokeFrames(): Parse<FromSpoke> {
  const schema = Compile(FromSpoke)
  return (text) => parse(text, (value): value is FromSpoke => schema.Check(value))
}

/** Reads the frames of the hub. */
export function hubFrames(): Parse<FromHub> {
  const schema = Compile(FromHub)
  return (text) => parse(text, (value): value is FromHub => schema.Check(value))
}

function parse<Control>(text: string | undefined, isControl: (value: unknown) => value is Control) {
  if (text === undefined) {
    return { kind: 'problem', problem: 'a frame is binary; frames are JSON texts' } as const
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { kind: 'problem', problem: 'a frame is not JSON' } as const
  }
  if (Array.isArray(value)) return { kind: 'envelopes', envelopes: value } as const
  if (isControl(value)) return { kind: 'control', control: value } as const
  return {
    kind: 'problem',
    problem: `a frame is neither envelopes nor known: ${start(text)}`,
  } as const
}

const elsewhere: readonly Role[] = ['agent', 'scheduler', 'executor', 'operator']

/** Says why a process other than the master's cannot host an address, or nothing. */
export function problemWithSeat(address: Address): string | undefined {
  const [role, ...names] = address.split('/')
  if (names.length === 0) return `${start(address)} is no address of another process`
  const wrong = names.map((name) => problemWithId('a part of an address', name)).find(Boolean)
  if (wrong !== undefined) return wrong
  if (elsewhere.some((known) => known === role)) return undefined
  return `no ${start(role ?? '')} lives outside of the master's process`
}

/** The beginning of what may be very long. */
export function start(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`
}
