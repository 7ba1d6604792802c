import { describe, expect, test } from 'vitest'
import { temporaryFolder, until } from '../../executors/harness.ts'
import { frameworkId, program, startAgent, taskOf } from './support.ts'

describe('Executors that are programs: over HTTP, with real processes', () => {
  test('one is launched, gets its tasks, and each state reaches the scheduler once and in order', async () => {
    const { master } = await startAgent({ workDir: temporaryFolder() })
    const executor = program()
    master.launch(
      taskOf('T1', executor, 'TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED'),
      taskOf('T2', executor),
    )
    await master.reaches('T1', 'TASK_FINISHED')
    await master.reaches('T2', 'TASK_RUNNING')
    expect(master.states('T1')).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED'])
    master.launch(taskOf('T3', executor))
    await master.reaches('T3', 'TASK_RUNNING')
    master.tell({ type: 'task.kill', frameworkId, kills: [{ taskId: 'T3' }] })
    await master.reaches('T3', 'TASK_KILLED')
  })

  test('it knows what Mesos tells an executor, and talks with its scheduler', async () => {
    const workDir = temporaryFolder()
    const { master, endpoint } = await startAgent({ workDir })
    const own = { ...program(), shutdownGracePeriodMs: 90_000 }
    const command = { value: '', ...own.command, environment: { COLOUR: 'blue' } }
    master.launch(taskOf('T1', { ...own, command }))
    await master.reaches('T1', 'TASK_RUNNING')
    master.say('hello')
    await until('an answer', () => master.words().includes('hello'))
    master.say('env')
    const environment = await until('its variables', () => master.words()[1])
    expect(JSON.parse(environment)).toMatchObject({
      MESOS_FRAMEWORK_ID: 'F',
      MESOS_EXECUTOR_ID: 'prog',
      MESOS_AGENT_ENDPOINT: `127.0.0.1:${endpoint.port}`,
      MESOS_SANDBOX: `${workDir}/prog`,
      MESOS_DIRECTORY: `${workDir}/prog`,
      MESOS_SLAVE_ID: 'S',
      MESOS_SLAVE_PID: `slave(1)@127.0.0.1:${endpoint.port}`,
      MESOS_HTTP_COMMAND_EXECUTOR: '0',
      LIBPROCESS_PORT: '0',
      MESOS_CHECKPOINT: '0',
      MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: '90secs',
      COLOUR: 'blue',
      cwd: `${workDir}/prog`,
    })
  })

  test('it ends with an error: its tasks have failed, and the master hears its status', async () => {
    const { master } = await startAgent({ workDir: temporaryFolder() })
    master.launch(taskOf('T1', program()))
    await master.reaches('T1', 'TASK_RUNNING')
    master.say('exit 3')
    expect(await master.reaches('T1', 'TASK_FAILED')).toMatchObject({
      reason: 'EXECUTOR_TERMINATED',
      message: 'the executor exited with code 3',
    })
    const [exit] = await until('its exit', () => nonEmpty(master.of('lifecycle.executorExited')))
    expect(exit).toMatchObject({ executorId: 'prog', status: 3 << 8 })
  })

  test('one that is shut down and does not listen is killed when its grace is over', async () => {
    const { master } = await startAgent({ workDir: temporaryFolder() })
    master.launch(taskOf('T1', program('prog', { shutdownGracePeriodMs: 300 })))
    await master.reaches('T1', 'TASK_RUNNING')
    master.say('stubborn')
    master.say('ready')
    await until('it has heard', () => master.words().includes('ready'))
    const asked = performance.now()
    master.tell({ type: 'lifecycle.shutdownExecutor', frameworkId, executorId: 'prog' })
    await master.reaches('T1', 'TASK_FAILED')
    expect(performance.now() - asked).toBeGreaterThanOrEqual(290)
    const [exit] = await until('its exit', () => nonEmpty(master.of('lifecycle.executorExited')))
    expect(exit).toMatchObject({ status: 9 })
  })

  test('one whose program is not there fails its task, and the master hears of it', async () => {
    const { master } = await startAgent({ workDir: temporaryFolder() })
    const command = { value: '/no/such/program', shell: false }
    master.launch(taskOf('T1', { executorId: 'prog', type: 'CUSTOM', command }))
    const { message, reason } = await master.reaches('T1', 'TASK_FAILED')
    expect(message).toContain('/no/such/program` was not found')
    expect(reason).toBe('CONTAINER_LAUNCH_FAILED')
    await until('its exit', () => nonEmpty(master.of('lifecycle.executorExited')))
  })

  test('one whose files cannot be fetched is not launched; with its files it is', async () => {
    const { master } = await startAgent({ workDir: temporaryFolder() })
    const { command = { value: '' } } = program()
    const wanting = (value: string) => ({ ...command, carried: { uris: [{ value }] } })
    master.launch(taskOf('T1', program('bad', { command: wanting('/no/such/file') })))
    expect(await master.reaches('T1', 'TASK_FAILED')).toMatchObject({
      reason: 'CONTAINER_LAUNCH_FAILED',
      message: expect.stringContaining('/no/such/file could not be fetched'),
    })
    master.launch(taskOf('T2', program('good', { command: wanting('/etc/hostname') })))
    await master.reaches('T2', 'TASK_RUNNING')
  })

  test('one that never subscribes is destroyed, and its task has failed', async () => {
    const timeouts = { executorRegistrationTimeoutMs: 200 }
    const { master } = await startAgent({ workDir: temporaryFolder(), timeouts })
    master.launch(taskOf('T1', program('prog', { command: { value: 'exec sleep 100' } })))
    const { reason } = await master.reaches('T1', 'TASK_FAILED')
    expect(reason).toBe('EXECUTOR_REGISTRATION_TIMEOUT')
    const [exit] = await until('its exit', () => nonEmpty(master.of('lifecycle.executorExited')))
    expect(exit).toMatchObject({ status: 9 })
  })

  test('groups reach it as groups', async () => {
    const { master } = await startAgent({ workDir: temporaryFolder() })
    const executor = program()
    const tasks = [taskOf('G1', executor), taskOf('G2', executor)]
    const { framework } = master
    master.tell({ type: 'task.launchGroup', frameworkId, framework, executor, tasks })
    await master.reaches('G1', 'TASK_RUNNING')
    await master.reaches('G2', 'TASK_RUNNING')
  })

  test('an agent that stops asks it to end', async () => {
    const { master, agent } = await startAgent({ workDir: temporaryFolder() })
    master.launch(taskOf('T1', program()))
    await master.reaches('T1', 'TASK_RUNNING')
    await agent.stop()
    expect(agent.hasEnded).toBe(true)
  })
})

function nonEmpty<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list
}
