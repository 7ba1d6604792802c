import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lineIn, linuxOnly, temporaryFolder, until } from '../../executors/harness.ts'
import { frameworkId, program, startAgent, taskOf } from '../executor/support.ts'
import { api, asked, eventually, shown, states, working } from './support.ts'

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
    expect(states(get_tasks.completed_tasks[0])).toEqual(['TASK_RUNNING', 'TASK_FINISHED'])
    const executorIds = get_executors.executors.map(
      ({ executor_info }: { executor_info: { executor_id: { value: string } } }) =>
        executor_info.executor_id.value,
    )
    expect(executorIds).toEqual(['prog', 'C1'])
    expect(get_frameworks.frameworks).toMatchObject([{ framework_info: { name: 'one' } }])
  })

  test('a task keeps what was told of it, also when its scheduler has heard all of it', async () => {
    const started = await working()
    await eventually('all is acknowledged', async () => {
      const { frameworks } = started.agent.book
      const tasks = [...(frameworks.get(frameworkId)?.tasks.values() ?? [])]
      return tasks.every(({ updates }) => updates.queue.length === 0)
    })
    const tasks = await asked(started, 'GET_TASKS')
    const told = tasks.launched_tasks.map(states)
    expect(told).toEqual([['TASK_RUNNING'], ['TASK_STARTING', 'TASK_RUNNING']])
    const names = ['pending', 'queued', 'launched', 'terminated', 'completed']
    expect(Object.keys(tasks)).toEqual(names.map((name) => `${name}_tasks`))
    const [executor] = (await shown(started, '/state')).frameworks[0].executors
    expect(states(executor.tasks[0])).toEqual(['TASK_RUNNING'])
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
    expect(agent_info).not.toHaveProperty('checkpoint')
    const { version_info } = await asked(started, 'GET_VERSION')
    expect(version_info.version).toMatch(/^1\./)
    const { flags } = await asked(started, 'GET_FLAGS')
    expect(flags).toContainEqual({ name: 'work_dir', value: expect.any(String) })
    const { metrics } = await asked(started, 'GET_METRICS')
    expect(metrics).toContainEqual({ name: 'slave/registered', value: 1 })
    expect(await asked(started, 'GET_OPERATIONS')).toEqual({})
  })

  test('while it is emptied, on which terms and since when', async () => {
    const started = await startAgent({ workDir: temporaryFolder() })
    const since = Date.now()
    // Its executor never ends by itself, and neither does the drain while it is asked about.
    const stubborn = 'trap "" TERM; while true; do sleep 0.1; done'
    const { executor: _, ...plain } = taskOf('C1', program())
    started.master.launch({ ...plain, command: { value: stubborn } })
    await started.master.reaches('C1', 'TASK_RUNNING')
    const terms = { maxGracePeriodMs: 30_000, markGone: true }
    expect(await asked(started, 'GET_AGENT')).not.toHaveProperty('drain_config')
    started.master.tell({ type: 'lifecycle.drain', ...terms })
    await until('it is drained', () => started.agent.book.drain)
    const drain_config = { max_grace_period: { nanoseconds: 30_000_000_000 }, mark_gone: true }
    const agent = await asked(started, 'GET_AGENT')
    expect(agent.drain_config).toEqual(drain_config)
    expect(agent.estimated_drain_start_time.nanoseconds / 1e6).toBeGreaterThanOrEqual(since)
    const state = await shown(started, '/state')
    expect(state.drain_config).toEqual(drain_config)
    const seconds = state.estimated_drain_start_time_seconds
    expect(Number.isInteger(seconds) && seconds >= Math.floor(since / 1_000)).toBe(true)
  })

  test('an unknown call gets 400, one that needs what is not here 501', async () => {
    const started = await startAgent({ workDir: temporaryFolder() })
    const status = async (body: object) => (await api(started, body)).status
    expect(await status({ type: 'GET_TEA' })).toBe(400)
    expect(await status({ type: 'toString' })).toBe(400)
    expect(await status({})).toBe(400)
    expect(await status({ type: 'GET_METRICS' })).toBe(400)
    expect(await status({ type: 'LAUNCH_NESTED_CONTAINER_SESSION' })).toBe(501)
    expect(await status({ type: 'UNKNOWN' })).toBe(501)
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

  test('/state says what is reserved, what is held, and for which role', async () => {
    const started = await working()
    const state = await shown(started, '/state')
    const held = { cpus: 0.3, mem: 32 }
    expect(state).toMatchObject({
      build_user: 'mesostate',
      reserved_resources: {},
      unreserved_resources: { cpus: 4, mem: 1_024 },
      reserved_resources_full: {},
      unreserved_resources_full: [
        { name: 'cpus', type: 'SCALAR', role: '*', scalar: { value: 4 } },
        { name: 'mem', type: 'SCALAR', role: '*', scalar: { value: 1_024 } },
      ],
      reserved_resources_allocated: {},
      unreserved_resources_allocated: held,
      resource_providers: [],
    })
    const [program, command] = state.frameworks[0].executors
    expect(program).toMatchObject({ role: 'one', tasks: [{ id: 'T1', role: 'one' }] })
    // It holds nothing beside its task.
    expect(command).not.toHaveProperty('role')
    expect(command.tasks).toMatchObject([{ id: 'C1', role: 'one' }])
    const { launched_tasks } = await asked(started, 'GET_TASKS')
    const [{ resources }] = launched_tasks
    expect(resources[0]).toMatchObject({ name: 'cpus', allocation_info: { role: 'one' } })
  })

  test('by the name of its process in Mesos, too, as offers call it', async () => {
    const started = await startAgent({ workDir: temporaryFolder() })
    const base = `http://127.0.0.1:${started.endpoint.port}`
    for (const name of ['/slave(1)', '/slave%281%29', '/slave(2)']) {
      expect((await shown(started, `${name}/state`)).id).toBe('S')
      expect(await shown(started, `${name}/flags`)).toEqual(await shown(started, '/flags'))
      expect((await fetch(`${base}${name}/health`)).status).toBe(200)
      const call = { method: 'POST', headers: { 'content-type': 'application/json' } }
      const body = JSON.stringify({ type: 'GET_HEALTH' })
      expect((await fetch(`${base}${name}/api/v1`, { ...call, body })).status).toBe(200)
      expect((await fetch(`${base}${name}/api/v1/executor`, { ...call, body })).status).toBe(400)
      expect(await shown(started, `${name}/monitor/statistics`)).toEqual([])
      expect((await fetch(`${base}${name}/metrics/snapshot`)).status).toBe(404)
    }
    expect((await fetch(`${base}/slave(x)/state`)).status).toBe(404)
  })

  test('/metrics/snapshot: every end and every error has a number from the start', async () => {
    const started = await startAgent({ workDir: temporaryFolder() })
    const metrics = await shown(started, '/metrics/snapshot')
    const ends = ['finished', 'failed', 'killed', 'lost', 'gone'].map((end) => `tasks_${end}`)
    const checked = ['status_updates', 'framework_messages']
    const rest = ['recovery_errors', 'container_launch_errors', 'executors_preempted']
    const pairs = checked.flatMap((what) => [`valid_${what}`, `invalid_${what}`])
    for (const name of [...ends, ...pairs, ...rest]) {
      expect([name, metrics[`slave/${name}`]]).toEqual([name, 0])
    }
    expect(metrics).toMatchObject({ 'slave/cpus_total': 4, 'slave/cpus_percent': 0 })
  })

  test('/metrics/snapshot: what could be used, and what could not', async () => {
    const started = await startAgent({ workDir: temporaryFolder() })
    const { master } = started
    master.launch(taskOf('T1', program('prog', { resources: { cpus: 0.9 } })))
    master.launch(
      taskOf('T2', program('none', { command: { value: 'x', workingDirectory: '/x' } })),
    )
    await master.reaches('T1', 'TASK_RUNNING')
    await master.reaches('T2', 'TASK_FAILED')
    master.say('hello')
    await until('an answer', () => master.words().includes('hello'))
    master.say('hello', 'nobody')
    await eventually('it was counted', async () => {
      const metrics = await shown(started, '/metrics/snapshot')
      return metrics['slave/invalid_framework_messages'] === 1
    })
    expect(await shown(started, '/metrics/snapshot')).toMatchObject({
      'slave/valid_status_updates': master.statuses('T1').length,
      'slave/invalid_status_updates': 0,
      'slave/valid_framework_messages': 2,
      'slave/container_launch_errors': 1,
      'slave/tasks_failed': 1,
      'slave/cpus_used': 1,
      'slave/cpus_percent': 0.25,
    })
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

  test('what only shows something answers to POST as to GET, where Mesos does', async () => {
    const { sandbox, endpoint } = await working()
    const posted = async (path: string): Promise<number> => {
      const place = `http://127.0.0.1:${endpoint.port}${path}`
      return (await fetch(place, { method: 'POST', body: 'anything' })).status
    }
    const file = `path=${encodeURIComponent(join(sandbox, 'stdout'))}`
    const files = [`/files/browse?${file}`, `/files/read?${file}`, `/files/download?${file}`]
    for (const path of ['/state', '/slave(1)/state', '/metrics/snapshot', ...files]) {
      expect([path, await posted(path)]).toEqual([path, 200])
    }
    for (const path of ['/flags', '/containers', '/monitor/statistics']) {
      expect([path, await posted(path)]).toEqual([path, 405])
    }
  })
})
