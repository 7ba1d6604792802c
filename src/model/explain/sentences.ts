import type { Contender } from '../allocation/contender.ts'
import { consumptionOf } from '../allocation/quota-standing.ts'
import type { Round } from '../allocation/round.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { FrameworkRecord } from '../ledger/records.ts'
import { topRole } from '../ledger/roles.ts'
import { allot } from '../resources/allot.ts'
import { describeAmounts } from '../resources/describe.ts'
import { nameOf } from '../resources/kinds.ts'
import { measure } from '../resources/measures.ts'
import {
  type Quantities,
  type Quantity,
  thousandths,
  toResources,
} from '../resources/quantities.ts'
import type { Demand, ExplainContext } from './demand.ts'
import type { Place } from './places.ts'
import type { Queue } from './queue.ts'

/** The reasons as a person says them. Each is a sentence without its subject: “it …”. */

export function disconnected({ state }: FrameworkRecord): string {
  return `its framework is ${state}`
}

export function suppressed(role: string): string {
  return `its framework has asked for no offers in the role ${role}`
}

/** No agent could ever run it, whatever the others do. */
export function impossible(
  ledger: Ledger,
  { resources }: Demand,
  places: readonly Place[],
): string | undefined {
  if (places.length === 0) return `no agent is connected${andDown(ledger)}`
  if (places.some(({ fitsTotal }) => fitsTotal)) return undefined
  for (const [key, wanted] of Object.entries(resources)) {
    const most = Math.max(...places.map(({ agent }) => sizeOf(agent.total, nameOf(key))))
    if (most < sizeOf({ [key]: wanted }, nameOf(key))) {
      const has = most === 0 ? `no agent has any` : `the largest agent has ${count(most)}`
      return `it needs ${amount(key, wanted)}, ${has}${andDown(ledger)}`
    }
  }
  const reserved = [...ledger.agents.values()].some(({ total }) =>
    Object.keys(total).some((key) => nameOf(key) !== key),
  )
  return `it needs ${said(resources)} on one agent; none has all of it at once${reserved ? ', without what is reserved for others' : ''}${andDown(ledger)}`
}

/** Agents that could run it are closed to its framework. */
export function forbidden(places: readonly Place[]): string | undefined {
  const able = places.filter(({ fitsTotal }) => fitsTotal)
  const allowed = able.filter(({ constraint }) => constraint === undefined)
  if (allowed.length === 0) {
    const why = able.find(({ constraint }) => constraint !== undefined)?.constraint
    return `no agent with room for it meets its framework's constraints: on ${able[0]?.agent.info.hostname}, ${why}`
  }
  const listed = allowed.filter(({ isListed }) => isListed)
  if (listed.length === 0) {
    return `the agents that have room for it (${names(allowed)}) are not on the whitelist`
  }
  if (listed.every(({ isForGpusOnly }) => isForGpusOnly)) {
    return `the agents that have room for it (${names(listed)}) have gpus, and its framework does not say that it can use them: GPU_RESOURCES is not among its capabilities`
  }
  return takenAway(listed.filter(({ isForGpusOnly }) => !isForGpusOnly))
}

/** An operator keeps back all that are left. */
function takenAway(places: readonly Place[]): string | undefined {
  const onDuty = places.filter(({ isOnDuty }) => isOnDuty)
  if (onDuty.length === 0) {
    const [first, ...others] = places.map(dutyText)
    const more = others.length > 0 ? `, and ${others.length} more are not offered` : ''
    return `it has to wait for an operator: ${first}${more}`
  }
  if (!onDuty.every(({ isWorkedOn }) => isWorkedOn)) return undefined
  return `the agents that have room for it (${names(onDuty)}) are being worked on, by the maintenance schedule`
}

const dutyWords = {
  active: 'offered',
  deactivated: 'deactivated',
  draining: 'being drained',
  drained: 'drained',
} as const

function dutyText({ agent }: Place): string {
  return `agent ${agent.info.hostname} is ${dutyWords[agent.duty.state]}`
}

/** Agents of machines that are down are not in the book, but people miss them. */
function andDown({ maintenance }: Ledger): string {
  const [first, ...others] = maintenance.down
  if (first === undefined) return ''
  if (others.length === 0) return `; ${first} is down for maintenance`
  return `; ${first} and ${others.length} more are down for maintenance`
}

/** The role has had its part, or the rest is kept for others. */
export function overQuota(ledger: Ledger, round: Round, demand: Demand): string | undefined {
  const role = ledger.roles.get(demand.role)
  const contender = contenderOf(round, demand)
  if (role === undefined || contender === undefined || round.quotas.isEmpty) return undefined
  const top = topRole(role)
  const consumed = consumptionOf(top)
  for (const [name, limit] of Object.entries(top.quota?.limits ?? {})) {
    const wanted = demand.resources[name]
    const used = consumed[name] ?? 0
    if (typeof wanted !== 'number' || used + wanted <= limit) continue
    const stand = `${count(used)} of ${amount(name, limit)} taken`
    return used >= limit
      ? `the quota of ${top.path} is used up: ${stand}`
      : `it needs ${amount(name, wanted)}, and the quota of ${top.path} leaves ${count(limit - used)}: ${stand}`
  }
  const kept = round.quotas.keptFrom(contender.standing, demand.resources)
  if (kept === undefined) return undefined
  return `what is free is kept for guarantees of ${kept.roles.join(', ')}: ${amount(kept.name, kept.amount)} of it`
}

/** Every agent that could run it is too full. */
export function noRoom(
  { ledger }: ExplainContext,
  { resources }: Demand,
  places: readonly Place[],
  queue: Queue,
): string {
  const offered = places.find(({ fitsOffered }) => fitsOffered)
  if (offered !== undefined) {
    const [id = ''] = offered.agent.offers
    const holder = ledger.frameworks.get(ledger.offers.get(id)?.frameworkId ?? '')
    return `${offered.agent.info.hostname} is offered to ${holder?.info.name ?? 'somebody'} at the moment${inLine(queue)}`
  }
  const able = places.filter(({ fitsTotal }) => fitsTotal)
  const short = Object.keys(resources).find((key) =>
    able.every(({ free }) => allot({ [key]: resources[key] ?? 0 }, free) === undefined),
  )
  const need = short === undefined ? said(resources) : amount(short, resources[short] ?? 0)
  return `it needs ${need} on one agent, ${roomFor(short, resources, able)}${inLine(queue)}`
}

/** How much there is of what no agent has enough of; nothing when each thing alone would fit. */
function roomFor(
  short: string | undefined,
  resources: Readonly<Quantities>,
  able: readonly Place[],
): string {
  if (short === undefined) return 'and none has all of it free at once'
  const sizes = able.map(({ agent, free }) => ({ agent, size: sizeOf(free, nameOf(short)) }))
  const [best] = sizes.sort((left, right) => right.size - left.size)
  if (best === undefined || best.size === 0) return 'none is free'
  if (best.size >= sizeOf(resources, nameOf(short))) return 'and it is taken on every agent'
  return `the most that is free is ${count(best.size)} on ${best.agent.info.hostname}`
}

/** There is room, but it may not be offered now. */
export function refused({ at }: ExplainContext, roomy: readonly Place[], queue: Queue): string {
  const ends = roomy.flatMap(({ filteredUntil }) => filteredUntil ?? [])
  if (ends.length > 0) {
    const seconds = Math.max(0, Math.min(...ends) - at) / 1_000
    const [first] = roomy
    const where = roomy.length === 1 ? first?.agent.info.hostname : `${roomy.length} agents`
    return `its framework refused ${where} a while ago: filtered for ${seconds.toFixed(1)} s more`
  }
  if (roomy.some(({ refusal }) => refusal === 'crumb')) {
    return 'what is free is less than the least that is worth an offer'
  }
  return due(queue)
}

/** Nothing is in the way. */
export function due(queue: Queue): string {
  return `there is room: an offer is due${inLine(queue)}`
}

/** `, third in line behind ads at share 0.41`. */
function inLine({ place, before }: Queue): string {
  if (place === undefined || place === 1) return ''
  const last = before.at(-1)
  const behind = last && ` behind ${last.name} at share ${last.share.toFixed(2)}`
  return `; ${ordinal(place)} in line${behind ?? ''}`
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth']

function ordinal(place: number): string {
  return ordinals[place - 1] ?? `number ${place}`
}

function contenderOf(round: Round, { framework, role }: Demand): Contender | undefined {
  return round.clients.find((client) => client.frameworkId === framework.id && client.role === role)
}

/** How much there is of a name, reserved or not: thousandths, for lists too. */
function sizeOf(resources: Readonly<Quantities>, name: string): number {
  let size = 0
  for (const [key, held] of Object.entries(resources)) {
    if (nameOf(key) === name) size += measure(held)
  }
  return size
}

function amount(key: string, wanted: Quantity): string {
  return said({ [key]: wanted })
}

function said(resources: Readonly<Quantities>): string {
  return describeAmounts(toResources(resources))
}

function count(size: number): string {
  return `${size / thousandths}`
}

/** A sentence has room for a few names, a cluster for many agents. */
const namesMax = 3

function names(places: readonly Place[]): string {
  const shown = places.slice(0, namesMax).map(({ agent }) => agent.info.hostname)
  const more = places.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
