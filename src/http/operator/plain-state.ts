import type { TaskState } from '../../messages/index.ts'
import { build } from '../server/plain-routes.ts'
import type { Json } from '../wire/json.ts'
import type { FrameworkPicture, Picture } from './picture.ts'
import { fullAgent, plainAgent, recoveredAgents } from './plain-agents.ts'
import { frameworkSummary, plainFramework } from './plain-frameworks.ts'
import { type MasterFacts, masterInfo, type OperatorPorts } from './ports.ts'
import { fieldsOf, listOf, listOfLong, objectOf } from './slices.ts'
import type { TaskVersion } from './task-version.ts'
import type { Viewer } from './viewer.ts'

/** `/state`. */
export function plainState(
  picture: Picture,
  viewer: Viewer,
  { facts, ledger }: OperatorPorts,
): Generator<string> {
  const { version } = facts
  const unreachable = [...ledger().agents.values()].filter(({ state }) => state === 'unreachable')
  return objectOf({
    ...fieldsOf({
      version,
      ...build,
      ...describeMaster(facts),
      ...countAgents(picture),
      unreachable_slaves: unreachable.length,
      ...leaderOf(facts),
      ...(viewer.seesFlags() && { flags: facts.flags }),
    }),
    slaves: listOf(texts(picture.agents, (agent) => plainAgent(agent, viewer, version))),
    ...fieldsOf({ recovered_slaves: recoveredAgents(picture) }),
    frameworks: listOfLong(picture.frameworks.map(plainFramework)),
    completed_frameworks: listOfLong(picture.completed.map(plainFramework)),
    ...fieldsOf({ orphan_tasks: [], unregistered_frameworks: [] }),
  })
}

function describeMaster(facts: MasterFacts): Json {
  const { id, pid, hostname } = masterInfo(facts)
  const seconds = facts.startedAtMs / 1_000
  return {
    start_time: seconds,
    elected_time: seconds,
    id,
    pid,
    hostname,
    capabilities: ['AGENT_UPDATE', 'AGENT_DRAINING', 'QUOTA_V2'],
  }
}

function leaderOf(facts: MasterFacts): Json {
  const { id, pid, port, hostname } = masterInfo(facts)
  const cluster = facts.cluster !== undefined && { cluster: facts.cluster }
  return { leader: pid, leader_info: { id, pid, port, hostname }, ...cluster }
}

function countAgents({ agents }: Picture): Json {
  const active = agents.filter(
    ({ record }) => record.state === 'connected' && record.duty.state === 'active',
  )
  return {
    activated_slaves: active.length,
    deactivated_slaves: agents.length - active.length,
  }
}

/** `/slaves`. */
export function plainAgents(picture: Picture, viewer: Viewer, version: string): Generator<string> {
  return objectOf({
    slaves: listOf(texts(picture.agents, (agent) => fullAgent(agent, viewer, version))),
    ...fieldsOf({ recovered_slaves: recoveredAgents(picture) }),
  })
}

/** `/frameworks`. */
export function plainFrameworks({ frameworks, completed }: Picture): Generator<string> {
  return objectOf({
    frameworks: listOfLong(frameworks.map(plainFramework)),
    completed_frameworks: listOfLong(completed.map(plainFramework)),
    ...fieldsOf({ unregistered_frameworks: [] }),
  })
}

function* texts<Item>(items: readonly Item[], write: (item: Item) => Json): Generator<string> {
  for (const item of items) yield JSON.stringify(write(item))
}

const summarised = [
  'TASK_STAGING',
  'TASK_STARTING',
  'TASK_RUNNING',
  'TASK_KILLING',
  'TASK_FINISHED',
  'TASK_KILLED',
  'TASK_FAILED',
  'TASK_LOST',
  'TASK_ERROR',
  'TASK_UNREACHABLE',
] as const satisfies readonly TaskState[]

/** `/state-summary`: how many tasks in which state, by agent and by framework. */
export function plainSummary(
  picture: Picture,
  viewer: Viewer,
  { hostname, cluster, version }: MasterFacts,
): Generator<string> {
  const all = picture.frameworks.flatMap(tasksOf)
  const byAgent = groupBy(all, ({ origin }) => origin.info.agentId)
  const byFramework = groupBy(all, ({ origin }) => origin.frameworkId)
  return objectOf({
    ...fieldsOf({ hostname, cluster }),
    slaves: listOf(
      texts(picture.agents, (agent) => ({
        ...plainAgent(agent, viewer, version),
        ...countStates(byAgent.get(agent.id)),
        framework_ids: idsOf(byAgent.get(agent.id), ({ origin }) => origin.frameworkId),
      })),
    ),
    frameworks: listOf(
      texts(picture.frameworks, (framework) => ({
        ...frameworkSummary(framework),
        ...countStates(byFramework.get(framework.id)),
        slave_ids: idsOf(byFramework.get(framework.id), ({ origin }) => origin.info.agentId),
      })),
    ),
  })
}

function countStates(tasks: readonly TaskVersion[] = []): Json {
  const counts: Record<string, number> = Object.fromEntries(summarised.map((state) => [state, 0]))
  for (const { state } of tasks) {
    const count = counts[state]
    if (count !== undefined) counts[state] = count + 1
  }
  return counts
}

function idsOf(tasks: readonly TaskVersion[] = [], idOf: (task: TaskVersion) => string): string[] {
  return [...new Set(tasks.map(idOf))]
}

function groupBy(
  tasks: readonly TaskVersion[],
  keyOf: (task: TaskVersion) => string,
): Map<string, TaskVersion[]> {
  const groups = new Map<string, TaskVersion[]>()
  for (const task of tasks) {
    const group = groups.get(keyOf(task))
    if (group === undefined) groups.set(keyOf(task), [task])
    else group.push(task)
  }
  return groups
}

/** All tasks of a framework that are remembered. */
export function tasksOf({ tasks, unreachable, completed }: FrameworkPicture): TaskVersion[] {
  return [...tasks, ...unreachable, ...completed]
}
