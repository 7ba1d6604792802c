import type { Command } from 'commander'
import { UsageError } from '../usage.ts'
import { placeOfAgent } from './agents.ts'
import { type AskGiven, askingCommand, named, printJson } from './asking.ts'
import type { OperatorClient } from './client.ts'
import { findAgent, findPastFramework, findTask } from './find.ts'
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
    if (given.json === true && given.follow === true) {
      throw new UsageError('logs: --json tells what there is by now; leave out --follow')
    }
    const found = await find(client, given, taskId)
    const agent = client.at(found.place)
    const path = `${found.folder}/${given.stderr === true ? 'stderr' : 'stdout'}`
    if (given.json === true) return printJson({ path, data: await textOf(agent, path) })
    let offset = await copy(agent, path, 0, isTaken)
    let isOver = found.isOver || given.follow !== true
    while (!isOver && offset !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
      // Asked first: what it wrote last is copied after it has ended.
      isOver = await hasEnded(client, found, taskId)
      offset = await copy(agent, path, offset, isTaken)
    }
  })
}

/** The same task as before, whatever else is called so by now; one that is forgotten has ended. */
async function hasEnded(
  client: OperatorClient,
  { frameworkId }: Found,
  taskId: string,
): Promise<boolean> {
  const tasks = await client.call('GET_TASKS')
  return !allTasks({ get_tasks: tasks }).some(
    (task) =>
      isUnderWay(task) &&
      textAt(task, 'task_id', 'value') === taskId &&
      textAt(task, 'framework_id', 'value') === frameworkId,
  )
}

interface Found {
  readonly frameworkId: string
  /** Where its agent answers. */
  readonly place: string
  /** Its sandbox, as agents call it in the API. */
  readonly folder: string
  readonly isOver: boolean
}

async function find(client: OperatorClient, given: Given, taskId: string): Promise<Found> {
  const state = await client.call('GET_STATE')
  const { framework } = given
  const wanted = framework && findPastFramework(partAt(state, 'get_frameworks'), framework)
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
    frameworkId,
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

/** The whole file, as it is now. */
async function textOf(agent: OperatorClient, path: string): Promise<string> {
  const pieces: Buffer[] = []
  await copy(agent, path, 0, async (bytes) => pieces.push(bytes) > 0)
  return Buffer.concat(pieces).toString('utf8')
}

/** Copies a file from an offset to its end, and returns where that is; nothing if nobody reads. */
async function copy(
  agent: OperatorClient,
  path: string,
  from: number,
  isTaken: (bytes: Buffer) => Promise<boolean>,
): Promise<number | undefined> {
  for (let offset = from; ; ) {
    const answer = await agent.call('READ_FILE', { path, offset, length: pieceBytes })
    const bytes = Buffer.from(textAt(answer, 'data'), 'base64')
    if (bytes.length === 0) return offset
    if (!(await isTaken(bytes))) return undefined
    offset += bytes.length
  }
}

/** Whoever has read enough leaves, and takes nothing more. */
function isTaken(bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.write(bytes, (error) => resolve(error === undefined || error === null))
  })
}
