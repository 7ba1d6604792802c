import { Check } from 'typebox/value'
import {
  type AgentSpec,
  agentInfos,
  checkFramework,
  type FrameworkOptions,
} from '../../cluster/options.ts'
import { policyNamed } from '../../cluster/sharing.ts'
import type { Resources } from '../../messages/index.ts'
import { InvalidInputError } from '../../model/errors.ts'
import { agentSpecsOf } from './agents.ts'
import { planJob } from './check-job.ts'
import type { Plan, PlannedFramework, PlannedJob } from './plan.ts'
import type { Path, Report } from './problems.ts'
import { Agent, JobFile, NamedFramework, NamedJob } from './schema.ts'
import { isRecord, reportShape } from './shape.ts'

/** What the command line says instead of the file. */
export interface Overrides {
  readonly agents?: readonly AgentSpec[]
  readonly policy?: string
}

/** A part of the file that has a name: in front of it as key of a map, or in it. */
interface Named {
  readonly path: Path
  readonly name: unknown
  readonly value: unknown
}

/** The framework of a file that has jobs alone. */
const onlyFramework = 'jobs'

/**
 * What the data of a file asks for. Reports everything that is wrong with it, as far as parts can
 * be judged; the plan is of use only when nothing was reported.
 */
export function planFile(
  data: unknown,
  context: { file: string; folder: string; overrides: Overrides; report: Report },
): Plan {
  const { file, folder, overrides, report } = context
  reportShape(JobFile, data, report)
  const { policy, agents, frameworks, jobs } = fieldsOf(data)
  if (typeof policy === 'string') attempt(() => policyNamed(policy), ['policy'], report)
  const specs = agents === undefined ? undefined : planAgents(agents, report)
  const infos = infosOf(overrides.agents ?? (agents === undefined ? 'this machine' : specs))
  if (frameworks !== undefined && jobs !== undefined) {
    report(['jobs'], 'jobs stand beside frameworks; expected them in one of the frameworks', 'key')
  }
  if (frameworks === undefined && jobs === undefined && isRecord(data)) {
    report([], 'the file has no work; expected frameworks or jobs')
  }
  const alone: Named = { path: [], name: onlyFramework, value: { jobs } }
  const parts = [...partsOf(frameworks, ['frameworks']), ...(jobs === undefined ? [] : [alone])]
  const planned = parts.map((part) => planFramework(part, { folder, report, ...agentsOf(infos) }))
  reportTwins(parts, 'framework', report)
  reportWeights(parts, report)
  const chosen = overrides.policy ?? (typeof policy === 'string' ? policy : undefined)
  const used = overrides.agents ?? specs
  return {
    file,
    ...(chosen !== undefined && { policy: chosen }),
    ...(used !== undefined && { agents: used }),
    frameworks: planned,
  }
}

/** The agents of the file; nothing when one of them is wrong. */
function planAgents(agents: unknown, report: Report): AgentSpec[] | undefined {
  if (!Array.isArray(agents) || agents.length === 0) return undefined
  const owners = new Map<string, number>()
  const specs: AgentSpec[] = []
  let sound = true
  for (const [index, agent] of agents.entries()) {
    if (!Check(Agent, agent)) {
      sound = false
      continue
    }
    const own = agentSpecsOf(agent)
    const kinds = own.slice(0, 1).map((spec) => ({ name: `agent-${specs.length + 1}`, ...spec }))
    sound = attempt(() => agentInfos(kinds), ['agents', index], report) && sound
    for (const { name } of own) {
      if (name === undefined) continue
      if (owners.has(name)) {
        report(['agents', index, 'name'], `two agents are named ${name}; names must differ`)
        sound = false
      }
      owners.set(name, index)
    }
    specs.push(...own)
  }
  return sound && attempt(() => agentInfos(specs), ['agents'], report) ? specs : undefined
}

/** What jobs are checked against. */
function agentsOf(infos: ReturnType<typeof infosOf>) {
  return {
    agents: infos?.map(({ resources }) => resources),
    names: infos?.map(({ hostname }) => hostname),
  }
}

function infosOf(agents: readonly AgentSpec[] | 'this machine' | undefined) {
  if (agents === undefined) return undefined
  return agentInfos(agents === 'this machine' ? undefined : agents)
}

function planFramework(
  part: Named,
  context: {
    folder: string
    report: Report
    agents: readonly Resources[] | undefined
    names: readonly string[] | undefined
  },
): PlannedFramework {
  const { path, name, value } = part
  const { report } = context
  const { role, weight, jobs } = fieldsOf(value)
  const options: FrameworkOptions = {
    name: typeof name === 'string' ? name : onlyFramework,
    ...(Check(NamedFramework.properties.role, role) && role !== undefined && { role }),
    ...(Check(NamedFramework.properties.weight, weight) && weight !== undefined && { weight }),
  }
  attempt(() => checkFramework(options), path, report, 'key')
  const jobParts = partsOf(jobs, [...path, 'jobs'])
  reportTwins(jobParts, 'job', report)
  const planned = jobParts.map((job): PlannedJob | undefined => {
    if (!isRecord(job.value)) return undefined
    const named = { ...job.value, ...(job.name !== undefined && { name: job.name }) }
    const { name: framework, role = framework } = options
    return Check(NamedJob, named) ? planJob(named, job.path, { ...context, role }) : undefined
  })
  return { ...options, jobs: planned.filter((job) => job !== undefined) }
}

/** The items of a list or a map of named things. */
function partsOf(value: unknown, path: Path): Named[] {
  if (Array.isArray(value)) {
    return value.map((item, index) => ({
      path: [...path, index],
      name: fieldsOf(item).name,
      value: item,
    }))
  }
  return Object.entries(fieldsOf(value)).map(([key, item]) => ({
    path: [...path, key],
    name: key,
    value: item,
  }))
}

function reportTwins(parts: readonly Named[], what: string, report: Report): void {
  const seen = new Set<unknown>()
  for (const { name, path } of parts) {
    if (name === undefined) continue
    if (seen.has(name)) {
      report([...path, 'name'], `two ${what}s are named ${String(name)}; names must differ`)
    }
    seen.add(name)
  }
}

/** A role has one weight, whoever says it. */
function reportWeights(parts: readonly Named[], report: Report): void {
  const weights = new Map<unknown, unknown>()
  for (const { name, path, value } of parts) {
    const { role = name, weight } = fieldsOf(value)
    if (weight === undefined) continue
    const other = weights.get(role)
    if (other !== undefined && other !== weight) {
      report(
        [...path, 'weight'],
        `the role ${String(role)} has weight ${String(other)} above and ${String(weight)} here; expected one`,
      )
    }
    weights.set(role, weight)
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {}
}

/** Lets the library judge; what it refuses is reported. Returns whether it was content. */
function attempt(judge: () => unknown, path: Path, report: Report, at?: 'key' | 'value'): boolean {
  try {
    judge()
    return true
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    report(path, error.message, at)
    return false
  }
}
