import { describe, expect, it } from 'vitest'
import { WireError } from '../../../src/http/wire/json.ts'
import { readOperation, writeOperation } from '../../../src/http/wire/operations.ts'

const id = (value: string) => ({ value })
const scalar = (name: string, value: number, rest: object = {}) => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  ...rest,
})
const reservations = [{ type: 'DYNAMIC', role: 'r1' }]
const disk = { persistence: { id: 'db' }, volume: { container_path: 'data', mode: 'RW' } }
const volume = (value: number) => scalar('disk', value, { reservations, disk })
const key = 'disk(r1,)[db:data]'

const task = {
  name: 't',
  task_id: id('t'),
  agent_id: id('A'),
  resources: [scalar('cpus', 1)],
  command: { value: 'true' },
}
const read = { taskId: 't', name: 't', agentId: 'A', resources: { cpus: 1 }, command: { value: 'true' } } // biome-ignore format: one line reads better
const executor = {
  type: 'DEFAULT',
  executor_id: id('pod'),
  framework_id: id('F'),
  resources: [scalar('cpus', 0.1)],
}
const group = (rest: object = {}, tasks: object[] = [task]) => ({
  type: 'LAUNCH_GROUP',
  launch_group: { executor: { ...executor, ...rest }, task_group: { tasks } },
})
const pod = { executorId: 'pod', type: 'DEFAULT', frameworkId: 'F', resources: { cpus: 0.1 } }

describe('An operation', () => {
  it.each<[object, object]>([
    [{ type: 'LAUNCH', launch: { task_infos: [task] } }, { tasks: [read] }],
    [{ type: 'LAUNCH', launch: {} }, { tasks: [] }],
    [group(), { executor: pod, tasks: [read] }],
    [group({}, [{ ...task, executor }]), { executor: pod, tasks: [read] }],
    [
      group({}, [{ ...task, executor: { ...executor, executor_id: id('other') } }]),
      { executor: pod, tasks: [{ ...read, executor: { ...pod, executorId: 'other' } }] },
    ],
    [
      {
        type: 'RESERVE',
        id: id('o'),
        reserve: { resources: [scalar('cpus', 1, { reservations })] },
      },
      { operationId: 'o', resources: { 'cpus(r1,)': 1 } },
    ],
    [
      { type: 'UNRESERVE', unreserve: { resources: [scalar('cpus', 1, { reservations })] } },
      { resources: { 'cpus(r1,)': 1 } },
    ],
    [
      { type: 'CREATE', create: { volumes: [volume(64)] } },
      { volumes: { [key]: 64 }, creators: [''] },
    ],
    [
      {
        type: 'CREATE',
        create: {
          volumes: [
            { ...volume(64), disk: { ...disk, persistence: { id: 'db', principal: 'ops' } } },
          ],
        },
      },
      { volumes: { [key]: 64 }, creators: ['ops'] },
    ],
    [{ type: 'DESTROY', destroy: { volumes: [volume(64)] } }, { volumes: { [key]: 64 } }],
    [
      {
        type: 'GROW_VOLUME',
        grow_volume: { volume: volume(64), addition: scalar('disk', 8, { reservations }) },
      },
      { volumes: { [key]: 8 }, size: 64 },
    ],
    [
      { type: 'SHRINK_VOLUME', shrink_volume: { volume: volume(64), subtract: { value: '8' } } },
      { volumes: { [key]: 8 }, size: 64 },
    ],
  ])('%j is read', (json, expected) => {
    const { type } = { type: '', ...json }
    expect(readOperation(json, 'operation')).toEqual({ type, ...expected })
  })

  it.each<[string, object, string]>([
    [
      'an id',
      { type: 'LAUNCH', id: id('o'), launch: { task_infos: [task] } },
      'a launch has no id',
    ],
    ['an id of the group', { ...group(), id: id('o') }, 'a launch has no id'],
  ])('with %s is a problem of its tasks', (_what, json, problem) => {
    const operation = readOperation(json, 'operation')
    const tasks = operation && 'tasks' in operation ? operation.tasks : []
    expect(tasks).toHaveLength(1)
    expect(tasks[0]?.problem).toContain(problem)
  })

  it.each<[string, object]>([
    ['a task asks', { resources: [scalar('cpus', -1)] }],
    [
      'an executor asks',
      { executor: { ...executor, type: 'CUSTOM', resources: [scalar('cpus', -1)] } },
    ],
  ])('is nothing to launch when %s for what cannot be', (_what, bad) => {
    const twin = { ...task, task_id: id('u'), ...bad }
    const operation = readOperation({ type: 'LAUNCH', launch: { task_infos: [task, twin] } }, 'o')
    const tasks = operation && 'tasks' in operation ? operation.tasks : []
    expect(tasks.map(({ problem }) => problem)).toEqual([
      expect.stringContaining('cpus is -1'),
      expect.stringContaining('cpus is -1'),
    ])
  })

  it('launches the others when one task asks for what is not there to be had', () => {
    const twin = { ...task, resources: [scalar('cpus', 1, { provider_id: id('x') })] }
    const operation = readOperation({ type: 'LAUNCH', launch: { task_infos: [task, twin] } }, 'o')
    expect(operation).toMatchObject({ tasks: [read, { problem: expect.any(String) }] })
  })

  it.each<[string, object, string]>([
    ['no type', group({ type: null }), 'launch_group.executor has no type'],
    ['a resource without name', group({ resources: [scalar('a[', 1)] }), 'a name has no brackets'],
  ])('of a group whose executor has %s is a problem of the executor', (_what, json, problem) => {
    const operation = readOperation(json, 'operation')
    expect(operation && 'executor' in operation ? operation.executor.problem : undefined).toContain(
      problem,
    )
  })

  it.each<[string, object, string]>([
    [
      'a source',
      {
        type: 'RESERVE',
        reserve: {
          source: [scalar('cpus', 1)],
          resources: [scalar('cpus', 1, { reservations })],
        },
      },
      'schedulers cannot change reservations',
    ],
    [
      'two forms at once',
      {
        type: 'UNRESERVE',
        unreserve: { resources: [scalar('cpus', 1, { role: 'r1', reservations })] },
      },
      'give either',
    ],
    [
      'a disk of the wrong kind',
      { type: 'GROW_VOLUME', grow_volume: { volume: volume(1), addition: scalar('disk', 1) } },
      'is not of the disk that the volume is made of',
    ],
    [
      'no amount',
      { type: 'CREATE', create: { volumes: [{ ...volume(1), scalar: null }] } },
      'has no scalar',
    ],
    ['a disk of CSI', { type: 'CREATE_DISK', create_disk: {} }, 'CREATE_DISK is not supported'],
    [
      'such a disk to destroy',
      { type: 'DESTROY_DISK', destroy_disk: {} },
      'DESTROY_DISK is not supported',
    ],
  ])('with %s has a problem', (_what, json, problem) => {
    const operation = readOperation({ ...json, id: id('o') }, 'operation')
    expect(operation).toMatchObject({ operationId: 'o' })
    expect(operation && 'problem' in operation ? operation.problem : undefined).toContain(problem)
  })

  it.each<[string, object, string]>([
    ['without a volume', { type: 'GROW_VOLUME', grow_volume: {} }, 'grow_volume.volume is missing'],
    [
      'without an amount',
      { type: 'SHRINK_VOLUME', shrink_volume: { volume: volume(1) } },
      'shrink_volume.subtract is missing',
    ],
    [
      'without a group',
      { type: 'LAUNCH_GROUP', launch_group: { executor } },
      'task_group is missing',
    ],
    [
      'of a group without executor',
      { type: 'LAUNCH_GROUP', launch_group: { task_group: {} } },
      'launch_group.executor is missing',
    ],
  ])('%s is refused', (_what, json, sentence) => {
    expect(() => readOperation(json, 'operation')).toThrow(WireError)
    expect(() => readOperation(json, 'operation')).toThrow(sentence)
  })

  it.each<[string, object]>([
    ['of no type', { id: id('o'), launch: {} }],
    ['of a type that nobody knows', { type: 'RENT', id: id('o'), rent: {} }],
    ['that launches nothing', { type: 'LAUNCH', id: id('o') }],
    ['that launches no group', { type: 'LAUNCH_GROUP', id: id('o') }],
  ])('%s is passed over', (_what, json) => {
    expect(readOperation(json, 'operation')).toBeUndefined()
  })

  it.each(['RESERVE', 'UNRESERVE', 'CREATE', 'DESTROY', 'GROW_VOLUME', 'SHRINK_VOLUME'])(
    'without its object has a problem: %s',
    (type) => {
      expect(readOperation({ type, id: id('o') }, 'operation')).toMatchObject({
        operationId: 'o',
        problem: `operation.${type.toLowerCase()} is missing`,
      })
    },
  )

  it('that grows a volume names the disk that it takes', () => {
    const operation = { type: 'GROW_VOLUME', volumes: { [key]: 8 }, size: 64 } as const
    expect(writeOperation(operation, { refined: true }, 'F')).toEqual({
      type: 'GROW_VOLUME',
      grow_volume: { volume: volume(64), addition: scalar('disk', 8, { reservations }) },
    })
  })
})
