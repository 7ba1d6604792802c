import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Authorizer } from '../../../src/http/security/authorizer.ts'
import { lineIn, linuxOnly, temporaryFolder } from '../../executors/harness.ts'
import { frameworkId, program, startAgent, taskOf } from '../executor/support.ts'

type Started = Awaited<ReturnType<typeof startAgent>>

function api({ endpoint }: Started, body: object): Promise<Response> {
  return fetch(`http://127.0.0.1:${endpoint.port}/api/v1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function asked(started: Started, type: string, part: object = {}) {
  const answer = await api(started, { type, [type.toLowerCase()]: part })
  expect(answer.status).toBe(200)
  const response = JSON.parse(await answer.text())
  expect(response.type).toBe(type)
  return response[type.toLowerCase()]
}

async function shown({ endpoint }: Started, path: string) {
  const answer = await fetch(`http://127.0.0.1:${endpoint.port}${path}`)
  expect(answer.status).toBe(200)
  return JSON.parse(await answer.text())
}

/** What no event tells is looked for until it is so. */
async function eventually(what: string, look: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000
  while (!(await look())) {
    if (performance.now() > end) throw new Error(`${what}: not so after 20 s`)
    await rest(5)
  }
}

/** An agent with a program that has a task, and a command that writes into its sandbox. */
async function working(authorizer?: Authorizer) {
  const workDir = temporaryFolder()
  const started = await startAgent({ workDir, http: authorizer ? { authorizer } : {} })
  const { master } = started
  master.launch(taskOf('T1', program('prog', { resources: { cpus: 0.1, mem: 32 } })))
  const { executor: _, ...plain } = taskOf('C1', program())
  master.launch({ ...plain, command: { value: 'echo hello; sleep 100' } })
  await master.reaches('T1', 'TASK_RUNNING')
  const { sandbox = '' } = await master.reaches('C1', 'TASK_RUNNING')
  await eventually('its output', async () => {
    const path = encodeURIComponent(join(sandbox, 'stdout'))
    return (await shown(started, `/files/read?path=${path}&offset=0`)).data === 'hello\n'
  })
  return { ...started, sandbox, workDir }
}

describe('Operators of an agent: /api/v1', () => {
  test('what runs there, and what ran', async () => {
    const started = await working()
    const { master } = started
    master.launch(taskOf('T2', program('prog'), 'TASK_RUNNING', 'TASK_FINISHED'))
    await master.reaches('T2', 'TASK_FINISHED')
    const ids = (tasks: { task_id: { value: string } }[]) => tasks.map((task) => task.task_id.value)
    await eventually('T2 is over', async () => {
      const { completed_tasks } = await asked(started, 'GET_TASKS')
      return ids(completed_tasks).includes('T2')
    })
    const { get_tasks, get_executors, get_frameworks } = await asked(started, 'GET_STATE')
    expect(ids(get_tasks.launched_tasks)).toEqual(['T1', 'C1'])
    expect(get_tasks.launched_tasks[0]).toMatchObject({
      framework_id: { value: frameworkId },
      executor_id: { value: 'prog' },
      state: 'TASK_RUNNING',
    })
    expect(get_tasks.completed_tasks[0]).toMatchObject({ statuses: [{ state: 'TASK_FINISHED' }] })
    const executorIds = get_executors.executors.map(
      ({ executor_info }: { executor_info: { executor_id: { value: string } } }) =>
        executor_info.executor_id.value,
    )
    expect(executorIds).toEqual(['prog', 'C1'])
    expect(get_frameworks.frameworks).toMatchObject([{ framework_info: { name: 'one' } }])
  })

  test('containers, and what they may use', async () => {
    const { containers } = await asked(await working(), 'GET_CONTAINERS')
    expect(containers).toMatchObject([
      {
        executor_id: { value: 'prog' },
        container_id: { value: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        resource_statistics: { cpus_limit: 0.2, mem_limit_bytes: 32 * 2 ** 20 },
      },
      { executor_id: { value: 'C1' } },
    ])
  })

  const [measured, options] = linuxOnly('containers, and what they use, all processes of theirs')
  test(measured, options, async () => {
    const started = await working()
    const { executor: _, ...plain } = taskOf('C2', program())
    // The second process has left the session of its parent and cleared its variables.
    const burn = 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done'
    const value = `setsid env -i sh -c '${burn}; exec sleep 99' & exec sleep 99`
    started.master.launch({ ...plain, command: { value } })
    const { sandbox = '' } = await started.master.reaches('C2', 'TASK_RUNNING')
    await lineIn(join(sandbox, 'stdout'))
    const { containers } = await asked(started, 'GET_CONTAINERS')
    const [prog, , command] = containers
    expect(prog.resource_statistics).toMatchObject({ processes: 1 })
    expect(prog.resource_statistics.mem_rss_bytes).toBeGreaterThan(2 ** 24)
    expect(prog.resource_statistics.threads).toBeGreaterThan(4)
    expect(command.resource_statistics).toMatchObject({ processes: 2, threads: 2 })
    expect(command.resource_statistics.cpus_user_time_secs).toBeGreaterThan(0.01)
    const [plainly] = await shown(started, '/monitor/statistics')
    expect(plainly.statistics).toEqual({
      timestamp: expect.any(Number),
      cpus_limit: 0.2,
      mem_limit_bytes: 32 * 2 ** 20,
      cpus_user_time_secs: expect.any(Number),
      cpus_system_time_secs: expect.any(Number),
      mem_rss_bytes: expect.any(Number),
      processes: 1,
      threads: expect.any(Number),
    })
  })

  test('itself: who it is, its version, its flags, its figures', async () => {
    const started = await startAgent({ workDir: temporaryFolder() })
    expect(await asked(started, 'GET_HEALTH')).toEqual({ healthy: true })
    const { agent_info } = await asked(started, 'GET_AGENT')
    expect(agent_info).toMatchObject({ id: { value: 'S' }, port: started.endpoint.port })
    const { version_info } = await asked(started, 'GET_VERSION')
    expect(version_info.version).toMatch(/^1\./)
    const { flags } = await asked(started, 'GET_FLAGS')
    expect(flags).toContainEqual({ name: 'work_dir', value: expect.any(String) })
    const { metrics } = await asked(started, 'GET_METRICS')
    expect(metrics).toContainEqual({ name: 'slave/registered', value: 1 })
    expect(await asked(started, 'GET_OPERATIONS')).toEqual({})
  })

  test('an unknown call gets 400, one that needs what is not here 501', async () => {
    const started = await startAgent({ workDir: temporaryFolder() })
    const status = async (body: object) => (await api(started, body)).status
    expect(await status({ type: 'GET_TEA' })).toBe(400)
    expect(await status({ type: 'toString' })).toBe(400)
    expect(await status({})).toBe(400)
    expect(await status({ type: 'GET_METRICS' })).toBe(400)
    expect(await status({ type: 'LAUNCH_NESTED_CONTAINER_SESSION' })).toBe(501)
  })
})

describe('Operators of an agent: plain endpoints', () => {
  test('/state shows executors with where their sandboxes are', async () => {
    const started = await working()
    const state = await shown(started, '/state')
    const [executor] = state.frameworks[0].executors
    expect(executor).toMatchObject({ id: 'prog', tasks: [{ id: 'T1', state: 'TASK_RUNNING' }] })
    expect(executor.directory).toBe(join(started.workDir, 'prog'))
    expect(state.pid).toBe(`slave(1)@127.0.0.1:${started.endpoint.port}`)
  })

  test('/state: an executor holds what its tasks hold, too, while they live', async () => {
    const started = await working()
    const { master } = started
    const ports = [[31_000, 31_001]] as const
    master.launch({ ...taskOf('T2', program('prog')), resources: { cpus: 0.5, ports } })
    await master.reaches('T2', 'TASK_RUNNING')
    const [framework] = (await shown(started, '/state')).frameworks
    const [executor, command] = framework.executors
    expect(executor.resources).toMatchObject({ cpus: 0.7, mem: 32, ports: '[31000-31001]' })
    expect(command.resources).toMatchObject({ cpus: 0.1 })
    expect(framework.resources).toMatchObject({ cpus: 0.8, mem: 32, ports: '[31000-31001]' })
  })

  test('/flags, /metrics, /containers, /health', async () => {
    const started = await working()
    expect((await shown(started, '/flags')).flags.work_dir).toBe(started.workDir)
    expect((await shown(started, '/metrics/snapshot'))['slave/executors_running']).toBe(2)
    expect(await shown(started, '/containers')).toHaveLength(2)
    const base = `http://127.0.0.1:${started.endpoint.port}`
    expect((await fetch(`${base}/health`)).status).toBe(200)
    expect(await (await fetch(`${base}/metrics`)).text()).toContain('slave_registered')
  })
})

describe('Operators of an agent: files', () => {
  const paths = (files: { path: string }[]) => files.map(({ path }) => path)

  test('a sandbox is browsed, read and downloaded, by its virtual path and its real one', async () => {
    const started = await working()
    const run = `/frameworks/${frameworkId}/executors/C1/runs/latest`
    for (const folder of [run, `${started.workDir}/slaves/S${run}`, started.sandbox]) {
      const { file_infos } = await asked(started, 'LIST_FILES', { path: folder })
      expect(paths(file_infos)).toContain(`${folder}/stdout`)
      const read = { path: `${folder}/stdout`, offset: 1, length: 3 }
      const { size, data } = await asked(started, 'READ_FILE', read)
      expect([size, Buffer.from(data, 'base64').toString()]).toEqual([6, 'ell'])
    }
    const path = encodeURIComponent(`${run}/stdout`)
    const browsed = await shown(started, `/files/browse?path=${encodeURIComponent(run)}`)
    expect(browsed).toContainEqual(expect.objectContaining({ mode: '-rw-r--r--', size: 6 }))
    expect(await shown(started, `/files/read?path=${path}`)).toEqual({ data: '', offset: 6 })
    const base = `http://127.0.0.1:${started.endpoint.port}`
    const whole = await fetch(`${base}/files/download?path=${path}`)
    expect(whole.headers.get('content-disposition')).toContain('attachment')
    expect(await whole.text()).toBe('hello\n')
  })

  test('those of a group are below its executor', async () => {
    const started = await startAgent({ workDir: temporaryFolder() })
    const executor = { executorId: 'pod', type: 'DEFAULT' as const }
    const task = { ...taskOf('G1', executor), command: { value: 'echo one; sleep 100' } }
    const { framework } = started.master
    const type = 'task.launchGroup' as const
    started.master.tell({ type, frameworkId, framework, executor, tasks: [task] })
    await started.master.reaches('G1', 'TASK_RUNNING')
    const run = `/frameworks/${frameworkId}/executors/pod/runs/latest`
    const { file_infos } = await asked(started, 'LIST_FILES', { path: run })
    expect(paths(file_infos)).toEqual([`${run}/tasks`])
    const below = await asked(started, 'LIST_FILES', { path: `${run}/tasks` })
    expect(paths(below.file_infos)).toEqual([`${run}/tasks/G1`])
    const inside = await asked(started, 'LIST_FILES', { path: `${run}/tasks/G1` })
    expect(paths(inside.file_infos)).toContain(`${run}/tasks/G1/stdout`)
  })

  test.for([
    ['another folder of this machine', '/etc/passwd', 404],
    ['a way up', 'SANDBOX/../../etc/passwd', 404],
    ['a way up in disguise', 'SANDBOX/a/../../x', 404],
    ['a neighbour', 'SANDBOX-2/stdout', 404],
    ['a link out of it', 'SANDBOX/out', 400],
    ['what is behind a link out of it', 'SANDBOX/etc/passwd', 400],
    ['a folder', 'SANDBOX', 400],
    ['a pipe that nobody writes to', 'SANDBOX/pipe', 400],
    ['nothing', 'SANDBOX/missing', 404],
    ['a name with a zero', 'SANDBOX/a%00b', 404],
  ] as const)('%s is not read', async ([, place, status]) => {
    const started = await startAgent({ workDir: temporaryFolder() })
    const { executor: _, ...plain } = taskOf('C1', program())
    const value = 'ln -s /etc/passwd out; ln -s /etc etc; mkfifo pipe; echo done; sleep 100'
    started.master.launch({ ...plain, command: { value } })
    const { sandbox = '' } = await started.master.reaches('C1', 'TASK_RUNNING')
    writeFileSync(`${sandbox}-2`, 'not yours')
    const base = `http://127.0.0.1:${started.endpoint.port}`
    const ready = encodeURIComponent(join(sandbox, 'stdout'))
    await eventually('the links', async () => {
      return (await shown(started, `/files/read?path=${ready}&offset=0`)).data === 'done\n'
    })
    const path = encodeURIComponent(place.replace('SANDBOX', sandbox)).replace('%2500', '%00')
    const answers = await Promise.all(
      ['read', 'download'].map((what) => fetch(`${base}/files/${what}?path=${path}&offset=0`)),
    )
    expect(answers.map((answer) => answer.status)).toEqual([status, status])
  })

  test('without a path it is 400, and who may not look gets 403', async () => {
    const authorizer: Authorizer = { may: (_, action) => action !== 'access_sandboxes' }
    const started = await startAgent({ workDir: temporaryFolder(), http: { authorizer } })
    started.master.launch(taskOf('T1', program()))
    await started.master.reaches('T1', 'TASK_RUNNING')
    const base = `http://127.0.0.1:${started.endpoint.port}`
    expect((await fetch(`${base}/files/browse`)).status).toBe(400)
    const path = `/frameworks/${frameworkId}/executors/prog/runs/latest`
    expect((await fetch(`${base}/files/browse?path=${path}`)).status).toBe(403)
  })
})
