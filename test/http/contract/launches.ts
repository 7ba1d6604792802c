import type { Data } from '../scheduler/support.ts'
import type { Fixture, GroupChanges, Step } from './fixture.ts'
import { merged } from './matching.ts'

const scalar = (name: string, value: number) => ({ name, type: 'SCALAR', scalar: { value } })

function goodTask(taskId: string): Data {
  return {
    name: taskId,
    task_id: { value: taskId },
    agent_id: { value: '$agent' },
    resources: [scalar('cpus', 0.1), scalar('mem', 32)],
    command: { value: 'true' },
  }
}

function goodExecutor(executorId: string): Data {
  return {
    type: 'DEFAULT',
    executor_id: { value: executorId },
    framework_id: { value: '$framework' },
    resources: [scalar('cpus', 0.1), scalar('mem', 32), scalar('disk', 1)],
  }
}

/** The steps of a fixture that only says what is launched and what the answer is. */
export function launchesOf({ launch = [], launchGroup = [], answer }: Fixture): Step[] {
  const alone = launch.flatMap((changes, index) => {
    const task = merged(goodTask(`t${index}`), changes)
    return launching({ type: 'LAUNCH', launch: { task_infos: [task] } }, [task], answer)
  })
  const together = launchGroup.flatMap((changes, index) => {
    const tasks = membersOf(changes, index)
    const executor = merged(goodExecutor(`g${index}`), changes.executor ?? {})
    const group = { executor, task_group: { tasks } }
    return launching({ type: 'LAUNCH_GROUP', launch_group: group }, tasks, answer)
  })
  return [...alone, ...together]
}

function membersOf({ tasks = [] }: GroupChanges, index: number): Data[] {
  return ['a', 'b'].map((name, at) => merged(goodTask(`g${index}${name}`), tasks[at] ?? {}))
}

/** An ACCEPT with this operation, and what is heard of each of its tasks. */
function launching(operation: Data, tasks: readonly Data[], answer: unknown): Step[] {
  const offer_ids = [{ value: '$offer' }]
  const accept = { offer_ids, operations: [operation], filters: { refuse_seconds: 0 } }
  const heard = tasks.map(({ task_id }): Step => {
    const status = { task_id, ...(typeof answer === 'object' ? answer : {}) }
    return { event: { type: 'UPDATE', update: { status } } }
  })
  return [{ offer: 'new' }, { call: { type: 'ACCEPT', accept } }, ...heard]
}
