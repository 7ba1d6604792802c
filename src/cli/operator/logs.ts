import type { Command } from 'commander'
import { placeOfAgent } from './agents.ts'
import { type AskGiven, askingCommand, named } from './asking.ts'
import type { OperatorClient } from './client.ts'
import { findAgent, findFramework, findTask } from './find.ts'
import { listAt, partAt, textAt } from './json.ts'
import { allTasks, isUnderWay } from './tasks.ts'

interface Given extends AskGiven {
  readonly framework?: string
  readonly stderr?: boolean
  readonly follow?: boolean
}

/** So much of a file is asked for at a time. */
const pieceBytes = 256 * 1_024

/** A file that does not grow is looked at this often; agents do not tell. */
const lookAgainMs = 500

/** `mesostate logs`: what a task wrote, from the agent that it ran on. */
export function logsCommand(): Command {
  const command = named('logs', 'show what a task has written, from its agent')
    .argument('<task>', 'the id of the task')
    .option('--framework <name>', 'its framework, by name or id')
    .option('--stderr', 'what it wrote on stderr, not on stdout')
    .option('-f, --follow', 'and what it writes until it ends')
  return askingCommand<Given>(command, async (client, given, [taskId = '']) => {
    const first = await find(client, given, taskId)
    const agent = client.at(first.place)
    const path = `${first.folder}/${given.stderr === true ? 'stderr' : 'stdout'}`
    let offset = await copy(agent, path, 0)
    let isOver = first.isOver || given.follow !== true
    while (!isOver) {
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
      // Asked first: what it wrote last is copied after it has ended.
      isOver = (await find(client, given, taskId)).isOver
      offset = await copy(agent, path, offset)
    }
  })
}

interface Found {
  /** Where its agent answers. */
  readonly place: string
  /** Its sandbox, as agents call it in the API. */
  readonly folder: string
  readonly isOver: boolean
}

async function find(client: OperatorClient, given: Given, taskId: string): Promise<Found> {
  const state = await client.call('GET_STATE')
  const { framework } = given
  const wanted = framework && findFramework(partAt(state, 'get_frameworks'), framework)
  const wantedId = wanted ? textAt(wanted, 'framework_info', 'id', 'value') : undefined
  const all = allTasks(state)
  const living = all.filter(
    (task) => isUnderWay(task) && textAt(task, 'task_id', 'value') === taskId,
  )
  const task = findTask(living.length > 0 ? living : all, taskId, wantedId)
  const agentId = textAt(task, 'agent_id', 'value')
  const agent = findAgent(partAt(state, 'get_agents'), agentId)
  const frameworkId = textAt(task, 'framework_id', 'value')
  const executorId = textAt(task, 'executor_id', 'value')
  const runs = `/frameworks/${frameworkId}/executors/${executorId || taskId}/runs/latest`
  return {
    place: endpointOf(agent),
    // Tasks of a group have a folder each in that of their executor.
    folder: runsGroups(state, executorId) ? `${runs}/tasks/${taskId}` : runs,
    isOver: !isUnderWay(task),
  }
}

function runsGroups(state: unknown, executorId: string): boolean {
  return listAt(state, 'get_executors', 'executors').some(
    (executor) =>
      textAt(executor, 'executor_info', 'executor_id', 'value') === executorId &&
      textAt(executor, 'executor_info', 'type') === 'DEFAULT',
  )
}

/** Where an agent answers: the address that it has told, or else its name. */
function endpointOf(agent: unknown): string {
  const [, place] = /@(.+)$/.exec(textAt(agent, 'pid')) ?? []
  return place ?? placeOfAgent(agent)
}

/** Copies a file from an offset to its end, and returns where that is. */
async function copy(agent: OperatorClient, path: string, from: number): Promise<number> {
  for (let offset = from; ; ) {
    const answer = await agent.call('READ_FILE', { path, offset, length: pieceBytes })
    const bytes = Buffer.from(textAt(answer, 'data'), 'base64')
    if (bytes.length === 0) return offset
    process.stdout.write(bytes)
    offset += bytes.length
  }
}
