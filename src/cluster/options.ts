import { availableParallelism, hostname, totalmem } from 'node:os'
import type { Inspector } from '../actors/inspection.ts'
import type { Clock, Ids } from '../actors/ports.ts'
import { checkDuration } from '../frameworks/task-request.ts'
import {
  type AgentInfo,
  type Attributes,
  type FrameworkInfo,
  type OfferConstraints,
  problemWithId,
} from '../messages/index.ts'
import { InvalidInputError } from '../model/errors.ts'
import { type Amounts, amountKeys, checkKeys, resourcesOf } from '../model/resources/amounts.ts'
import { volumesIn } from '../model/resources/volumes.ts'
import { defaultTimeouts, type Timeouts } from '../model/timeouts.ts'
import { problemWithAttributes } from '../model/validation/attributes.ts'
import { problemWithConstraints } from '../model/validation/constraints.ts'
import { problemWithRole } from '../model/validation/roles.ts'
import {
  problemWithMinimums,
  problemWithPriority,
  problemWithWeight,
} from '../model/validation/sharing.ts'
import type { EnvelopeCheck } from '../transports/memory.ts'
import { type SharingOptions, sharingKeys } from './sharing.ts'
import { checkWorkDir } from './work-dir.ts'

/** One agent of an embedded cluster: what it offers. */
export interface AgentSpec extends Amounts {
  /** Shown as its host name; by default agent-1, agent-2, … */
  readonly name?: string
  /** What schedulers may want to know of it, and offer constraints look at: `{ rack: 'r1' }`. */
  readonly attributes?: Attributes
}

export interface ClusterOptions extends SharingOptions {
  /** By default one agent with this machine's own processors and memory, and 1,001 ports. */
  readonly agents?: readonly AgentSpec[]
  /** Changes to the protocol's timeouts, in milliseconds. */
  readonly timeouts?: Partial<Timeouts>
  /** Where sandboxes are made; by default a new folder among the system's temporary ones. */
  readonly workDir?: string
  /** Watches every actor from the start. */
  readonly inspect?: Inspector
  /** For tests and simulations: time, and where ids come from. */
  readonly clock?: Clock
  readonly ids?: Ids
  /**
   * With it (`new EnvelopeChecker()` of mesostate/testing) every message is encoded, decoded and
   * checked on its way, as a network would do; for tests.
   */
  readonly check?: EnvelopeCheck
}

export interface FrameworkOptions {
  readonly name: string
  /** The role its resources are offered to, and its share counted for. Default: its name. */
  readonly role?: string
  /** In place of `role`: several of them; each offer is made to one. */
  readonly roles?: readonly string[]
  /** In whose name it reserves resources. */
  readonly principal?: string
  /** How much each of its roles counts; 2 is due twice as much as 1. */
  readonly weight?: number
  /** Roles of higher priority come first, under the policies that know priorities. Default 0. */
  readonly priority?: number
  /**
   * Offers with none of these are not worth making to it: `[{ cpus: 4 }]` for tasks that need four
   * cpus, an empty list for any offer. Default: 0.01 cpus or 32 MB.
   */
  readonly minAllocatable?: readonly Readonly<Record<string, number>>[]
  /** Whether it also takes resources that may be taken away at any time. Default false. */
  readonly revocable?: boolean
  /** How long its tasks run on when its scheduler is gone. Default 0. */
  readonly failoverTimeoutMs?: number
  /**
   * The id it had in an earlier process: it goes on as that one, with its tasks, if it comes back
   * within its failover timeout.
   */
  readonly frameworkId?: string
  /**
   * Of which agents it wants offers, by role: of those that meet all constraints of any one group,
   * as `{ ads: [[{ attributeName: 'rack', textEquals: 'r1' }]] }`. Default: of all.
   */
  readonly offerConstraints?: OfferConstraints
}

const optionKeys = [
  ...sharingKeys,
  'agents',
  'timeouts',
  'workDir',
  'inspect',
  'clock',
  'ids',
  'check',
]
const agentKeys = [...amountKeys, 'name', 'attributes']
export const frameworkKeys: readonly string[] = [
  'name',
  'role',
  'roles',
  'principal',
  'weight',
  'priority',
  'minAllocatable',
  'revocable',
  'failoverTimeoutMs',
  'frameworkId',
  'offerConstraints',
]

/** Options of a tenant of the jobs framework: its jobs end with their process. */
export type JobsOptions = Omit<FrameworkOptions, 'name' | 'frameworkId'>
export const jobsKeys = frameworkKeys.filter((key) => key !== 'name' && key !== 'frameworkId')

const bytesPerMb = 2 ** 20

/** Mesos' default (src/slave/constants.hpp): below those that systems give to connections. */
const portsDefault = [31_000, 32_000] as const

/** Throws InvalidInputError for an option nobody reads. */
export function checkOptions(options: ClusterOptions): void {
  checkKeys('the cluster', options, optionKeys)
  checkWorkDir(options.workDir)
  checkTimeouts(options.timeouts ?? {})
}

/** An interval of nothing would be an endless loop. */
export function checkTimeouts(timeouts: Partial<Timeouts>): void {
  checkKeys('the timeouts', timeouts, Object.keys(defaultTimeouts))
  const { pingsMissedMax, ...times } = timeouts
  if (pingsMissedMax !== undefined && !(Number.isInteger(pingsMissedMax) && pingsMissedMax > 0)) {
    throw new InvalidInputError(
      `the timeouts: pingsMissedMax is ${pingsMissedMax}; give a whole number from 1`,
    )
  }
  for (const [name, value] of Object.entries(times)) {
    if (!name.endsWith('IntervalMs')) checkDuration('the timeouts', name, value)
    else if (!(value > 0 && Number.isFinite(value))) {
      throw new InvalidInputError(`the timeouts: ${name} is ${value}; give more than zero`)
    }
  }
}

/** The agents as they introduce themselves. Throws InvalidInputError when one cannot be. */
export function agentInfos(specs: readonly AgentSpec[] | undefined): AgentInfo[] {
  if (specs !== undefined && !Array.isArray(specs)) {
    throw new InvalidInputError('agents: give a list, such as [{ cpus: 4, mem: 4096 }]')
  }
  if (specs?.length === 0) {
    throw new InvalidInputError(
      'a cluster needs at least one agent; leave `agents` out for this machine',
    )
  }
  const infos = (specs ?? [thisMachine()]).map(agentInfo)
  const names = new Set<string>()
  for (const { hostname: name } of infos) {
    if (names.has(name)) {
      throw new InvalidInputError(`two agents are named ${name}; names must differ`)
    }
    names.add(name)
  }
  return infos
}

function agentInfo(spec: AgentSpec, index: number): AgentInfo {
  const { name = `agent-${index + 1}`, attributes } = spec
  const what = `agent ${name}`
  checkKeys(what, spec, agentKeys)
  const illegal = problemWithId('the name of an agent', name)
  if (illegal !== undefined) throw new InvalidInputError(illegal)
  const wrong = attributes === undefined ? undefined : problemWithAttributes(attributes)
  if (wrong !== undefined) throw new InvalidInputError(`${what}: ${wrong}`)
  const resources = resourcesOf(what, spec)
  const [made] = volumesIn(resources)
  if (made !== undefined) {
    throw new InvalidInputError(
      `${what} begins with the volume ${made.id}; frameworks create those`,
    )
  }
  if (Object.values(resources).every((amount) => amount === 0)) {
    throw new InvalidInputError(`${what} has no resources; give it cpus and mem at least`)
  }
  return { hostname: name, resources, ...(attributes && { attributes }) }
}

/** All that this machine has; what is said of it counts instead. */
export function thisMachine(said: AgentSpec = {}): AgentSpec {
  if (Object.keys(said).some((key) => amountKeys.includes(key))) return said
  return {
    name: hostname() || 'localhost',
    cpus: availableParallelism(),
    mem: Math.floor(totalmem() / bytesPerMb),
    ports: [portsDefault],
    ...said,
  }
}

/** Throws InvalidInputError when a framework cannot be known by these. */
export function checkFramework(options: FrameworkOptions): void {
  const { name, weight, priority, failoverTimeoutMs = 0, offerConstraints } = options
  const problem =
    problemWithId('the name of a framework', name) ??
    (options.frameworkId !== undefined
      ? problemWithId('the id of a framework', options.frameworkId)
      : undefined) ??
    problemWithRoles(options)
  if (problem !== undefined) throw new InvalidInputError(problem)
  const roles = rolesOf(options)
  const [first = name] = roles
  const misfit =
    (weight === undefined ? undefined : problemWithWeight(first, weight)) ??
    (priority === undefined ? undefined : problemWithPriority(first, priority)) ??
    problemWithMinimums(options.minAllocatable ?? []) ??
    (offerConstraints && problemWithConstraints(offerConstraints, roles))
  if (misfit !== undefined) throw new InvalidInputError(`framework ${name}: ${misfit}`)
  if (!(failoverTimeoutMs >= 0 && Number.isFinite(failoverTimeoutMs))) {
    throw new InvalidInputError(
      `framework ${name}: failoverTimeoutMs is ${failoverTimeoutMs}; give zero or more milliseconds`,
    )
  }
}

/** How a framework introduces itself. What was checked is copied: it must not change any more. */
export function frameworkInfo(options: FrameworkOptions): FrameworkInfo {
  const { name, principal, failoverTimeoutMs, offerConstraints, minAllocatable } = options
  const roles = [...rolesOf(options)]
  const minimums = minAllocatable?.map((amounts) => ({ ...amounts }))
  return {
    name,
    roles,
    capabilities: capabilitiesOf(options),
    ...(principal !== undefined && { principal }),
    ...(failoverTimeoutMs !== undefined && { failoverTimeoutMs }),
    ...(minimums && {
      minAllocatable: Object.fromEntries(roles.map((role) => [role, minimums])),
    }),
    ...(offerConstraints && { offerConstraints: structuredClone(offerConstraints) }),
  }
}

/** What the bundled schedulers can deal with. */
function capabilitiesOf({
  revocable = false,
}: FrameworkOptions): NonNullable<FrameworkInfo['capabilities']> {
  const common = ['PARTITION_AWARE', 'TASK_KILLING_STATE', 'GPU_RESOURCES'] as const
  return revocable ? [...common, 'REVOCABLE_RESOURCES'] : [...common]
}

/** The roles of a framework, as they were given or by default. */
function rolesOf({ name, role = name, roles = [role] }: FrameworkOptions) {
  return roles
}

function problemWithRoles(options: FrameworkOptions): string | undefined {
  const { name, role, principal } = options
  const roles = rolesOf(options)
  if (principal !== undefined && (typeof principal !== 'string' || principal === '')) {
    return `framework ${name}: the principal is a text; leave it out when there is none`
  }
  if (role !== undefined && options.roles !== undefined) {
    return `framework ${name}: give role or roles, not both`
  }
  if (!Array.isArray(roles) || roles.length === 0) {
    return `framework ${name}: roles are a list with at least one role`
  }
  return roles
    .map((each, index) =>
      roles.indexOf(each) === index
        ? problemWithRole(each)
        : `framework ${name}: the role ${each} is listed twice`,
    )
    .find((problem) => problem !== undefined)
}
