import { Check } from 'typebox/schema'
import { type AgentSpec, agentInfos } from '../../cluster/options.ts'
import { agentSpecsOf } from './agents.ts'
import { onlyFramework, planFramework } from './check-framework.ts'
import { planSharing } from './check-sharing.ts'
import { JobFile } from './file-schema.ts'
import { attempt, fieldsOf, type Named, partsOf, reportTwins } from './parts.ts'
import type { Plan } from './plan.ts'
import type { Report } from './problems.ts'
import { Agent } from './schema.ts'
import { isRecord, reportShape } from './shape.ts'

/** What the command line says instead of the file. */
export interface Overrides {
  readonly agents?: readonly AgentSpec[]
  readonly policy?: string
}

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
  const { agents, quotas, frameworks, jobs } = fieldsOf(data)
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
  const planned = parts.map((part) =>
    planFramework(part, { folder, report, quotas, ...agentsOf(infos) }),
  )
  reportTwins(parts, 'framework', report)
  const { policy } = overrides
  const sharing = planSharing(data, { policy, frameworks: parts, agents: infos, report })
  const used = overrides.agents ?? specs
  return {
    file,
    sharing,
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
