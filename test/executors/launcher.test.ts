import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Calls } from '../../src/actors/calls.ts'
import { createRandomIds } from '../../src/actors/ids.ts'
import { RealClock } from '../../src/actors/real-clock.ts'
import { createRoles } from '../../src/actors/roles.ts'
import { createCommandRunner } from '../../src/executors/command-runner.ts'
import { createFunctionRunner } from '../../src/executors/function-runner.ts'
import { KeptProcesses } from '../../src/executors/kept-processes.ts'
import { Launcher } from '../../src/executors/launcher.ts'
import { createThreadRunner } from '../../src/executors/thread-runner.ts'
import type { Address, TaskInfo, TaskState, TaskStatus } from '../../src/messages/index.ts'
import { defaultTimeouts } from '../../src/model/timeouts.ts'
import { MemoryTransport } from '../../src/transports/memory.ts'
import { commandTask, isAlive, lineIn, linuxOnly, taskOf, until } from './harness.ts'
import { Killable, keptFolder, recordsIn } from './killable.ts'

const agent: Address = 'agent/one'
const address: Address = 'executor/one/F/E'

/** The executors of an agent whose process was started anew, and what they report to it. */
function recoveredAgent(root: string) {
  const clock = new RealClock()
  const transport = new MemoryTransport({ clock })
  const updates: TaskStatus[] = []
  transport.subscribe(agent, (envelopes) => {
    for (const { from, message } of envelopes) {
      if (message.type === 'lifecycle.registerExecutor') {
        const { frameworkId, executorId } = message
        const framework = { name: 'f', roles: ['f'] }
        const agentId = 'S'
        const answer = { type: 'lifecycle.executorRegistered' as const, agentId, frameworkId }
        transport.send({ from: agent, to: from, message: { ...answer, executorId, framework } })
      } else if (message.type === 'task.update') {
        for (const update of message.updates) if ('uuid' in update) updates.push(update)
        const acknowledgements = updates.flatMap(({ taskId, uuid }) =>
          uuid ? { taskId, uuid } : [],
        )
        const acknowledge = { type: 'task.acknowledge' as const, acknowledgements }
        transport.send({ from: agent, to: from, message: acknowledge })
      }
    }
  })
  const calls = new Calls()
  const processes = new KeptProcesses(recordsIn(root))
  const launcher = new Launcher({
    agent,
    ids: createRandomIds(),
    timeouts: defaultTimeouts,
    host: { role: createRoles(clock).executor, clock, transport },
    runners: {
      COMMAND: createCommandRunner({ sandboxRoot: root, processes }),
      FUNCTION: createFunctionRunner(calls),
      THREAD: createThreadRunner(calls),
    },
    volumes: { create: () => {}, destroy: async () => {}, pathOf: () => '' },
  })
  onTestFinished(() => launcher.close())
  const launch = (
    kind: 'COMMAND' | 'FUNCTION' | 'THREAD',
    ...recovered: { readonly task: TaskInfo; readonly state: TaskState }[]
  ) => launcher.launch({ ...name, kind, recovered })
  const name = {
    type: 'launchExecutor' as const,
    address,
    frameworkId: 'F',
    executorId: 'E',
    roles: [],
    user: {},
    survives: true,
  }
  const told = (state: TaskState) =>
    until(state, () => updates.find((update) => update.state === state))
  return { launcher, launch, told, updates }
}

describe(...linuxOnly('Launcher: executors that lived before their agent’s process'), () => {
  const value = 'echo $$ > pid; while [ ! -e go ]; do sleep 0.01; done; exit 3'
  const task = commandTask('a', value)

  async function killedAgent() {
    const root = keptFolder()
    const before = new Killable(root)
    await before.start(task)
    await before.reports.of('run.started', 'a')
    const pid = Number(await lineIn(join(root, 'a', 'pid')))
    await before.kill()
    return { root, pid }
  }

  test('a command runs on; its end is told, and not its start again', async () => {
    const { root } = await killedAgent()
    const { launch, told, updates } = recoveredAgent(root)
    launch('COMMAND', { task, state: 'TASK_RUNNING' })
    writeFileSync(join(root, 'a', 'go'), '')
    const failed = await told('TASK_FAILED')
    expect(failed).toMatchObject({ exitCode: 3, sandbox: join(root, 'a') })
    expect(updates).toHaveLength(1)
  })

  test('a command whose start was not told yet is told to run', async () => {
    const { root } = await killedAgent()
    const { launch, told } = recoveredAgent(root)
    launch('COMMAND', { task, state: 'TASK_STARTING' })
    expect(await told('TASK_RUNNING')).toMatchObject({ sandbox: join(root, 'a') })
  })

  test('an agent that ends in good order ends it all the same', async () => {
    const { root, pid } = await killedAgent()
    const { launch, launcher } = recoveredAgent(root)
    launch('COMMAND', { task, state: 'TASK_RUNNING' })
    expect(isAlive(pid)).toBe(true)
    await launcher.close()
    expect(isAlive(pid)).toBe(false)
    expect(existsSync(join(root, 'a', 'stdout'))).toBe(true)
    expect(readFileSync(join(root, 'a', 'stdout'), 'utf8')).toBe('')
  })

  test.each(['FUNCTION', 'THREAD'] as const)('a %s is gone with that process', async (type) => {
    const { launch, told } = recoveredAgent(keptFolder())
    const executor = { executorId: 'E', type }
    launch(type, { task: taskOf('b', { executor, data: 'x' }), state: 'TASK_RUNNING' })
    expect(await told('TASK_FAILED')).toMatchObject({
      taskId: 'b',
      message: "the work was inside the agent's process, which ended",
    })
  })
})
