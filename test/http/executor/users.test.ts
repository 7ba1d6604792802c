import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rootOnly, temporaryFolder, until } from '../../executors/harness.ts'
import { frameworkId, program, startAgent, taskOf } from './support.ts'

const asUser = (user: string, value: string) => ({ value, carried: { user } })

test(...rootOnly('Users: a program runs as the user of its command'), async () => {
  const workDir = temporaryFolder()
  const { master } = await startAgent({ workDir, switchUser: true })
  master.launch(taskOf('T1', program('prog', { command: asUser('nobody', 'id -u > who') })))
  await master.reaches('T1', 'TASK_FAILED')
  for (const name of ['', 'who', 'stdout']) {
    expect(statSync(join(workDir, 'prog', name))).toMatchObject({ uid: 65_534 })
  }
})

test(...rootOnly('Users: what cannot run as whom it is to is dropped'), async () => {
  const { master } = await startAgent({ workDir: temporaryFolder(), switchUser: true })
  master.launch(taskOf('T1', program('prog', { command: asUser('no-such', 'true') })))
  const { executor: _, ...plain } = taskOf('C1', program())
  master.launch({ ...plain, command: asUser('no-such', 'true') })
  for (const id of ['T1', 'C1']) {
    expect(await master.reaches(id, 'TASK_DROPPED')).toMatchObject({
      reason: 'EXECUTOR_TERMINATED',
      message: 'the executor cannot be launched: there is no user "no-such" here',
    })
  }
  const exits = await until('the exit', () => {
    const all = master.of('lifecycle.executorExited')
    return all.length > 0 && all
  })
  expect(exits).toMatchObject([{ frameworkId, executorId: 'prog' }])
})

test(...rootOnly("Users: the framework's counts where a command names none"), async () => {
  const { master } = await startAgent({ workDir: temporaryFolder(), switchUser: true })
  master.framework = { ...master.framework, user: 'no-such', capabilities: [] }
  const { executor: _, ...plain } = taskOf('C1', program())
  master.launch({ ...plain, command: { value: 'true' } })
  expect((await master.reaches('C1', 'TASK_LOST')).message).toContain('no-such')
})

test('Users: without the switch all runs as the user of the agent', async () => {
  const { master } = await startAgent({ workDir: temporaryFolder() })
  master.framework = { ...master.framework, user: 'no-such' }
  const { executor: _, ...plain } = taskOf('C1', program())
  master.launch({ ...plain, command: asUser('nobody', 'true') })
  const { sandbox = '' } = await master.reaches('C1', 'TASK_FINISHED')
  expect(statSync(sandbox).uid).toBe(process.getuid?.() ?? 0)
})
