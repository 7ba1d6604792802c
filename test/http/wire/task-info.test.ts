import { describe, expect, it } from 'vitest'
import { WireError } from '../../../src/http/wire/json.ts'
import { readTaskInfo, writeTaskInfo } from '../../../src/http/wire/task-info.ts'

const scalar = (name: string, value: number) => ({ name, type: 'SCALAR', scalar: { value } })
const json = (rest: object = {}) => ({
  name: 'one',
  task_id: { value: 't1' },
  agent_id: { value: 'A' },
  resources: [scalar('cpus', 0.1), scalar('mem', 32)],
  command: { shell: true, value: 'true' },
  ...rest,
})
const task = (rest: object = {}) => ({
  taskId: 't1',
  name: 'one',
  agentId: 'A',
  resources: { cpus: 0.1, mem: 32 },
  command: { shell: true, value: 'true' },
  ...rest,
})

describe('A task that is read', () => {
  it.each<[string, object, object]>([
    ['is a command with resources', {}, {}],
    [
      'may leave out all by null',
      { executor: null, container: null, labels: null, data: null, kill_policy: null, check: null },
      {},
    ],
    ['may be killed slowly', { kill_policy: { grace_period: { nanoseconds: 2e9 } } }, { killPolicy: { gracePeriodMs: 2000 } }], // biome-ignore format: one line reads better
    ['may have a policy that says nothing', { kill_policy: {} }, {}],
    [
      'may have no time to be killed in, for the master to refuse',
      { kill_policy: { grace_period: { nanoseconds: -1_000_000 } } },
      { killPolicy: { gracePeriodMs: -1 } },
    ],
    [
      'may be limited in time',
      { max_completion_time: { nanoseconds: 1_000_000_000 } },
      { maxCompletionTimeMs: 1000 },
    ],
    ['may have labels', { labels: { labels: [{ key: 'k', value: 'v' }] } }, { labels: { k: 'v' } }],
    [
      'may have labels that are no record',
      { labels: { labels: [{ key: 'k' }, { key: 'k', value: 'v' }] } },
      { carried: { labels: { labels: [{ key: 'k' }, { key: 'k', value: 'v' }] } } },
    ],
    [
      'carries what nobody here decides on',
      { container: { type: 'MESOS' }, discovery: { visibility: 'CLUSTER' } },
      { carried: { container: { type: 'MESOS' }, discovery: { visibility: 'CLUSTER' } } },
    ],
    [
      'may be limited in what it uses',
      { limits: { cpus: { value: 'Infinity' }, mem: { value: 64 } } },
      { carried: { limits: { cpus: { value: 'Infinity' }, mem: { value: 64 } } } },
    ],
    [
      'may be limited by all that is reserved',
      {
        resources: [scalar('mem', 1), { ...scalar('mem', 2), role: 'eng' }],
        limits: { mem: { value: 3 } },
      },
      { resources: { mem: 1, 'mem(eng)': 2 }, carried: { limits: { mem: { value: 3 } } } },
    ],
    [
      'may name an executor that means nothing',
      { command: null, executor: { executor_id: { value: 'e' }, resources: [scalar('a[', 1)] } },
      {
        command: undefined,
        executor: {
          executorId: 'e',
          type: 'CUSTOM',
          problem: 'task.executor.resources[0].name is "a["; a name has no brackets',
        },
      },
    ],
    [
      'may be checked',
      { check: { type: 'COMMAND', command: { command: { value: 'true' } } } },
      { check: { type: 'COMMAND', command: { value: 'true' } } },
    ],
    [
      'may be checked at an address, in its own rhythm',
      { check: { type: 'HTTP', http: { port: 80, path: '/up' }, interval_seconds: 0.5 } },
      { check: { type: 'HTTP', http: { port: 80, path: '/up' }, intervalMs: 500 } },
    ],
    [
      'may have a health check that tells its type by its command',
      { health_check: { command: { value: 'true' }, delay_seconds: 0.5 } },
      { healthCheck: { type: 'COMMAND', command: { value: 'true' }, delayMs: 500 } },
    ],
    [
      'may have a health check that tells its type by its address',
      { health_check: { http: { port: '80', path: '/up' } } },
      { healthCheck: { type: 'HTTP', http: { port: 80, path: '/up' } } },
    ],
    [
      'may run a program whose arguments begin with its name',
      { command: { shell: false, value: '/bin/echo', arguments: ['/bin/echo', 'a'] } },
      { command: { shell: false, value: '/bin/echo', arguments: ['a'] } },
    ],
    [
      'may call a program by another name',
      { command: { shell: false, value: '/bin/busybox', arguments: ['echo', 'a'] } },
      {
        command: {
          shell: false,
          value: '/bin/busybox',
          arguments: ['a'],
          carried: { arguments: ['echo', 'a'] },
        },
      },
    ],
    [
      'may have a shell line with arguments that mean nothing',
      { command: { value: 'true', arguments: ['a'] } },
      { command: { value: 'true', carried: { arguments: ['a'] } } },
    ],
    [
      'may have an environment',
      {
        command: {
          value: 'true',
          environment: {
            variables: [
              { name: 'A', value: '1', type: 'VALUE' },
              { name: 'A', value: '2' },
            ],
          },
        },
      },
      { command: { value: 'true', environment: { A: '2' } } },
    ],
  ])('%s', (_what, given, expected) => {
    expect(readTaskInfo(json(given), 'task')).toEqual(task(expected))
  })

  it.each<[string, object, string]>([
    ['name', { name: null }, 'task.name is missing'],
    ['id', { task_id: undefined }, 'task.task_id is missing'],
    ['agent', { agent_id: {} }, 'task.agent_id.value is missing'],
    ['text as command', { command: { value: 7 } }, 'task.command.value is 7'],
    ['bytes as data', { data: '***' }, 'task.data is "***"; it must be bytes in base64'],
    ['object as container', { container: 'x' }, 'task.container is "x"; it must be an object'],
    ['nanoseconds', { max_completion_time: {} }, 'task.max_completion_time.nanoseconds is missing'],
    [
      'name of a variable',
      { command: { environment: { variables: [{ value: 'x' }] } } },
      'task.command.environment.variables[0].name is missing',
    ],
    ['port', { health_check: { type: 'TCP', tcp: {} } }, 'task.health_check.tcp.port is missing'],
    ['executor id', { executor: {} }, 'task.executor.executor_id is missing'],
    ['value of a uri', { command: { uris: [{}] } }, 'uris[0].value is missing'],
    ['type of a container', { container: {} }, 'task.container.type is missing'],
    [
      'known type of a container',
      { container: { type: 'BOX' } },
      'task.container.type is "BOX"; it must be one of DOCKER, MESOS',
    ],
    [
      'mode of a volume',
      { container: { type: 'MESOS', volumes: [{ container_path: 'a', host_path: 'b' }] } },
      'task.container.volumes[0].mode is missing',
    ],
    [
      'path of a volume',
      { container: { type: 'MESOS', volumes: [{ mode: 'RW', host_path: 'b' }] } },
      'task.container.volumes[0].container_path is missing',
    ],
    [
      'type of its executor’s container',
      { executor: { executor_id: { value: 'e' }, container: {} } },
      'task.executor.container.type is missing',
    ],
    [
      'key of a label of its executor',
      { executor: { executor_id: { value: 'e' }, labels: { labels: [{ value: 'v' }] } } },
      'task.executor.labels.labels[0].key is missing',
    ],
  ])('needs a %s: the call is refused', (_what, given, sentence) => {
    const read = () => readTaskInfo(json(given), 'task')
    expect(read).toThrow(WireError)
    expect(read).toThrow(sentence)
  })

  const secret = { name: 'A', type: 'SECRET', secret: {} }
  it.each<[string, object, string]>([
    ['resources without amount', { resources: [{ name: 'cpus', type: 'SCALAR' }] }, 'no scalar'],
    ['a health check of no type', { health_check: { interval_seconds: 1 } }, 'has no type'],
    ['a check of no type', { check: {} }, 'task.check has no type'],
    ['a check without its part', { check: { type: 'TCP' } }, 'of the type TCP but has no tcp'],
    ['a limit of disk', { limits: { disk: { value: 1 } } }, 'only cpus and mem can be limited'],
    ['a limit too low', { limits: { cpus: { value: 0.01 } } }, 'less than the 0.1 asked for'],
    [
      'a limit of what it does not ask for',
      { resources: [scalar('mem', 1)], limits: { cpus: { value: 1 } } },
      'asks for no cpus',
    ],
    [
      'a secret',
      { command: { environment: { variables: [secret] } } },
      'secrets are not supported',
    ],
    [
      'a variable without value',
      { command: { environment: { variables: [{ name: 'A' }] } } },
      'the variable A has no value',
    ],
  ])('with %s has a problem, which is answered to it alone', (_what, given, problem) => {
    const read = readTaskInfo(json(given), 'task')
    expect(read).toMatchObject({ taskId: 't1', agentId: 'A' })
    expect(read.problem).toContain(problem)
  })
})

describe('A task that is written', () => {
  it('has the form that the recordings show', () => {
    const executor = {
      executorId: 'e1',
      type: 'CUSTOM',
      command: { shell: true, value: 'run', environment: { A: '1' } },
      resources: { cpus: 0.1 },
      shutdownGracePeriodMs: 5,
      carried: { name: 'e1', data: 'e30=' },
    } as const
    const written = writeTaskInfo(
      { taskId: 't1', name: 'one', agentId: 'A', resources: { cpus: 0.1 }, executor, data: 'e30=' },
      { refined: true, allocatedTo: 'r1' },
      'F',
    )
    const resources = [{ ...scalar('cpus', 0.1), allocation_info: { role: 'r1' } }]
    expect(written).toEqual({
      name: 'one',
      task_id: { value: 't1' },
      agent_id: { value: 'A' },
      resources,
      executor: {
        type: 'CUSTOM',
        executor_id: { value: 'e1' },
        framework_id: { value: 'F' },
        command: {
          shell: true,
          value: 'run',
          environment: { variables: [{ name: 'A', value: '1' }] },
        },
        resources,
        shutdown_grace_period: { nanoseconds: 5_000_000 },
        name: 'e1',
        data: 'e30=',
      },
      data: 'e30=',
    })
  })
})
