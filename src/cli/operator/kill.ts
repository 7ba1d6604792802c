import type { Command } from 'commander'
import { UsageError } from '../usage.ts'
import { type AskGiven, askingCommand, named, print, printJson } from './asking.ts'
import type { OperatorClient } from './client.ts'
import { findFramework, findTask } from './find.ts'
import { partAt, textAt } from './json.ts'
import { allTasks, isUnderWay } from './tasks.ts'

interface Given extends AskGiven {
  readonly framework?: string
}

/** `mesostate kill`: ends a task, or a framework with all of its tasks. */
export function killCommand(): Command {
  const command = named('kill', 'end a task, or a framework with all of its tasks')
    .argument('[task]', 'the id of the task')
    .option('--framework <name>', 'its framework, by name or id; without a task all of it')
  return askingCommand<Given>(command, async (client, given, [taskId]) => {
    const { framework } = given
    if (taskId !== undefined) return killTask(client, given, taskId)
    if (framework === undefined) throw new UsageError('kill: say which task, or which framework')
    const framework_id = await frameworkIdOf(client, framework)
    await client.call('TEARDOWN', { framework_id })
    if (given.json === true) printJson({ framework_id })
    else print(`framework ${framework} is ended, with all of its tasks`)
  })
}

async function killTask(client: OperatorClient, given: Given, taskId: string): Promise<void> {
  const wanted = given.framework && (await frameworkIdOf(client, given.framework))
  const answer = await client.call('GET_TASKS')
  const frameworkId = wanted ? wanted.value : undefined
  const all = allTasks({ get_tasks: answer })
  const task = livingTask(all, taskId, frameworkId)
  const framework_id = partAt(task, 'framework_id')
  // Mesos lets only a framework kill its tasks: this call is our own.
  await client.call('KILL_TASK', { framework_id, task_id: { value: taskId } })
  if (given.json === true) printJson({ framework_id, task_id: { value: taskId } })
  else print(`task ${taskId} is asked to end`)
}

/** Throws UsageError; one that has ended needs no killing, and whoever asks may not know that. */
function livingTask(all: readonly unknown[], taskId: string, frameworkId?: string): unknown {
  const its = all.filter(
    (one) =>
      textAt(one, 'task_id', 'value') === taskId &&
      (frameworkId === undefined || textAt(one, 'framework_id', 'value') === frameworkId),
  )
  const living = its.filter(isUnderWay)
  const last = its.at(-1)
  if (living.length === 0 && last !== undefined) {
    throw new UsageError(`task ${taskId} has ended already: ${textAt(last, 'state')}`)
  }
  const task = findTask(living, taskId, frameworkId)
  if (textAt(task, 'state') !== 'TASK_UNREACHABLE') return task
  throw new UsageError(`task ${taskId} is out of reach: its agent does not answer`)
}

async function frameworkIdOf(client: OperatorClient, name: string): Promise<{ value: string }> {
  const framework = findFramework(await client.call('GET_FRAMEWORKS'), name)
  return { value: textAt(framework, 'framework_info', 'id', 'value') }
}
