import type { Command } from 'commander'
import { type TaskState, taskStates } from '../../messages/states.ts'
import { describeResources } from '../../model/resources/describe.ts'
import { isTerminal } from '../../model/task-states.ts'
import { spanText } from '../view/times.ts'
import { placeOfAgent } from './agents.ts'
import { type AskGiven, agentError, askingCommand, type Cell, named, show } from './asking.ts'
import type { OperatorClient } from './client.ts'
import { listAt, numberAt, partAt, resourcesAt, textAt } from './json.ts'

interface Given extends AskGiven {
  readonly framework?: string
  readonly agent?: string
}

/** `mesostate ps`: what runs now. */
export function psCommand(): Command {
  const command = withFilters(named('ps', 'list the tasks that run, or are about to'))
  return askingCommand<Given>(command, async (client, given) => {
    const state = await stateOfMaster(client)
    showTasks(given, state, listAt(state, 'get_tasks', 'tasks').filter(isUnderWay))
  })
}

/** `mesostate tasks`: what runs, what ended, and what nobody can reach. */
export function tasksCommand(): Command {
  const command = withFilters(named('tasks', 'list all tasks that the master remembers'))
  return askingCommand<Given>(command, async (client, given) => {
    const state = await stateOfMaster(client)
    showTasks(given, state, allTasks(state))
  })
}

/** Agents answer the same call with their own tasks. */
async function stateOfMaster(client: OperatorClient): Promise<unknown> {
  const state = await client.call('GET_STATE')
  if (partAt(state, 'get_agents') === undefined && (await client.isAgent())) {
    throw agentError(client)
  }
  return state
}

function withFilters(command: Command): Command {
  return command
    .option('--framework <name>', 'only those of this framework, by name or id')
    .option('--agent <name>', 'only those on this agent, by name or id')
}

/** Every task of an answer to GET_STATE. */
export function allTasks(state: unknown): readonly unknown[] {
  return ['pending_tasks', 'tasks', 'unreachable_tasks', 'completed_tasks', 'orphan_tasks'].flatMap(
    (kind) => listAt(state, 'get_tasks', kind),
  )
}

function showTasks(given: Given, state: unknown, tasks: readonly unknown[]): void {
  const names = new Names(state)
  const chosen = tasks.filter(
    (task) =>
      names.isFramework(textAt(task, 'framework_id', 'value'), given.framework) &&
      names.isAgent(textAt(task, 'agent_id', 'value'), given.agent),
  )
  show(given, {
    json: { tasks: chosen },
    titles: ['task', 'framework', 'agent', 'state', 'resources', 'for', ''],
    rows: chosen.map((task) => rowOf(task, names, Date.now())),
    none: 'there are no tasks',
  })
}

/** Who is meant by ids. */
class Names {
  readonly #frameworks: ReadonlyMap<string, string>
  readonly #agents: ReadonlyMap<string, string>

  constructor(state: unknown) {
    const frameworks = ['frameworks', 'completed_frameworks', 'recovered_frameworks'].flatMap(
      (kind) => listAt(state, 'get_frameworks', kind),
    )
    this.#frameworks = new Map(
      frameworks.map((one) => [
        textAt(one, 'framework_info', 'id', 'value'),
        textAt(one, 'framework_info', 'name'),
      ]),
    )
    this.#agents = new Map(
      listAt(state, 'get_agents', 'agents').map((agent) => [
        textAt(agent, 'agent_info', 'id', 'value'),
        placeOfAgent(agent),
      ]),
    )
  }

  framework(id: string): string {
    return this.#frameworks.get(id) ?? id
  }

  agent(id: string): string {
    return this.#agents.get(id) ?? id
  }

  isFramework(id: string, wanted: string | undefined): boolean {
    return wanted === undefined || wanted === id || wanted === this.framework(id)
  }

  isAgent(id: string, wanted: string | undefined): boolean {
    if (wanted === undefined || wanted === id) return true
    const place = this.agent(id)
    return place === wanted || place.replace(/:\d+$/, '') === wanted
  }
}

function rowOf(task: unknown, names: Names, now: number): Cell[] {
  const statuses = listAt(task, 'statuses')
  const last = statuses.at(-1)
  const state = stateOf(task)
  const begun = numberAt(statuses[0], 'timestamp')
  const ended = state !== undefined && isTerminal(state) ? numberAt(last, 'timestamp') : now / 1e3
  return [
    textAt(task, 'task_id', 'value'),
    names.framework(textAt(task, 'framework_id', 'value')),
    names.agent(textAt(task, 'agent_id', 'value')),
    [textAt(task, 'state').replace(/^TASK_/, ''), (style, text) => style.state(state, text)],
    describeResources(resourcesAt(task, 'resources')),
    begun === undefined || ended === undefined ? '' : spanText((ended - begun) * 1e3),
    textAt(last, 'message'),
  ]
}

function stateOf(task: unknown): TaskState | undefined {
  const state = textAt(task, 'state')
  return taskStates.find((known) => known === state)
}

/** Whether a task runs or may still run. */
export function isUnderWay(task: unknown): boolean {
  const state = stateOf(task)
  return state === undefined || !isTerminal(state)
}
