import { describe, expect, it } from 'vitest'
import { executorEvents, readExecutorEvent } from '../../../src/http/wire/executor-events.ts'
import type { ExecutorMessage } from '../../../src/messages/index.ts'

const id = (value: string) => ({ value })
const uuid = '01234567-89ab-4def-8123-456789abcdef'
const from = { frameworkId: 'F', executorId: 'e' }

describe('What an executor hears', () => {
  const framework = { name: 'one', user: 'root', roles: ['r1'], capabilities: ['MULTI_ROLE' as const], checkpoint: true, failoverTimeoutMs: 0 } // biome-ignore format: one line reads better
  const executor = {
    executorId: 'e',
    type: 'CUSTOM',
    frameworkId: 'F',
    command: { value: 'run' },
  } as const
  const subscriber = { ...from, framework, executor, containerId: 'C' }
  const agent = {
    hostname: '127.0.0.1',
    endpoint: { ip: '127.0.0.1', port: 1 },
    resources: { cpus: 1 },
  }
  const registered = {
    type: 'lifecycle.executorRegistered',
    agentId: 'A',
    ...from,
    framework,
    executor,
    agent,
  } as const
  const one = { taskId: 't', name: 't', agentId: 'A', resources: { cpus: 1 }, executor }
  const { executor: _, ...member } = one

  it.each<[ExecutorMessage, unknown[]]>([
    [registered, ['SUBSCRIBED']],
    [{ type: 'task.launch', tasks: [one, one] }, ['LAUNCH', 'LAUNCH']],
    [{ type: 'task.launchGroup', tasks: [one, one] }, ['LAUNCH_GROUP']],
    [
      {
        type: 'task.kill',
        kills: [{ taskId: 't' }, { taskId: 'u', killPolicy: { gracePeriodMs: 1 } }],
      },
      ['KILL', 'KILL'],
    ],
    [{ type: 'task.acknowledge', acknowledgements: [{ taskId: 't', uuid }] }, ['ACKNOWLEDGED']],
    [{ type: 'task.message', data: 'e30=' }, ['MESSAGE']],
    [{ type: 'lifecycle.shutdownExecutor', gracePeriodMs: 0 }, ['SHUTDOWN']],
  ])('$type is read as what it was', (message, types) => {
    const events = executorEvents(message, subscriber)
    expect(events.map(({ type }) => type)).toEqual(types)
    const heard = events.map((event) => readExecutorEvent(JSON.parse(JSON.stringify(event))))
    expect(listsOf(heard)).toEqual(listsOf([message]))
  })

  it('first is who it is, where, and for whom', () => {
    const [event] = executorEvents(registered, subscriber)
    expect(event).toMatchObject({
      type: 'SUBSCRIBED',
      subscribed: {
        executor_info: { executor_id: id('e'), framework_id: id('F'), type: 'CUSTOM' },
        framework_info: { id: id('F'), name: 'one' },
        agent_info: { id: id('A'), hostname: '127.0.0.1', port: 1 },
        container_id: id('C'),
      },
    })
  })

  it('has only the fields of an agent that v1 knows: strict readers refuse all others', () => {
    const described = { ...agent, checkpoints: true }
    const [event] = executorEvents({ ...registered, agent: described }, subscriber)
    expect(event).toMatchObject({
      subscribed: { agent_info: expect.not.objectContaining({ checkpoint: expect.anything() }) },
    })
  })

  it('of a group names the executor that its tasks share', () => {
    const [event] = executorEvents({ type: 'task.launchGroup', tasks: [member] }, subscriber)
    expect(event).toMatchObject({
      launch_group: { task_group: { tasks: [{ executor: { executor_id: id('e') } }] } },
    })
  })

  it('is passed over when it says nothing to do', () => {
    expect(readExecutorEvent({ type: 'HEARTBEAT' })).toBeUndefined()
    expect(readExecutorEvent({ type: 'ERROR', error: { message: 'no' } })).toBeUndefined()
  })
})

/** The items of all batches, whatever messages they came in, and the messages that are no batch. */
function listsOf(messages: readonly (ExecutorMessage | undefined)[]): unknown[] {
  return messages.flatMap((message): unknown[] => {
    if (message?.type === 'task.launch') return message.tasks
    if (message?.type === 'task.kill') return message.kills
    return [message]
  })
}
