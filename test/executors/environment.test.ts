import { expect, test } from 'vitest'
import { mesosVariables, taskVariables } from '../../src/executors/environment.ts'
import type { Resources } from '../../src/messages/index.ts'
import { commandTask, taskOf } from './harness.ts'

test('Environment: a task without ports is told who and where it is, and nothing else', () => {
  expect(taskVariables(taskOf('a'))).toEqual({
    MESOSTATE_TASK_ID: 'a',
    MESOSTATE_AGENT_ID: 'agent-1',
  })
})

test('Environment: ports are told one by one and together, the smallest first', () => {
  const resources: Resources = { cpus: 1, ports: [[31_005, 31_006]], 'ports(eng)': [[80, 80]] }
  expect(taskVariables(taskOf('a', { resources }))).toMatchObject({
    PORT: '80',
    PORT0: '80',
    PORT1: '31005',
    PORT2: '31006',
    PORTS: '80,31005,31006',
  })
})

test('Environment: PORT is left to those who set it, for it is a custom and no fact', () => {
  const task = commandTask('a', 'true', { environment: { PORT: '8080', PORT0: '1' } })
  const variables = taskVariables({ ...task, resources: { ports: [[31_000, 31_000]] } })
  expect(variables).toMatchObject({ PORT: '8080', PORT0: '31000', PORTS: '31000' })
})

test('Environment: of very many ports the first thousand are told, as systems take no more', () => {
  const variables = taskVariables(taskOf('a', { resources: { ports: [[1, 65_535]] } }))
  expect(variables.PORT999).toBe('1000')
  expect(variables.PORT1000).toBeUndefined()
  expect(variables.PORTS?.split(',')).toHaveLength(1_000)
})

const surroundings = {
  endpoint: { ip: '::1', port: 5_051 },
  roles: ['eng', 'sales'],
  shutdownGraceMs: 5_000,
}
const owner = { frameworkId: 'F', executorId: 'a', survives: true, surroundings }

test('Environment: a command is told what an executor of Mesos would have told it', () => {
  const task = taskOf('a', { resources: { 'cpus(eng)': 1, mem: 32 } })
  expect(mesosVariables(owner, task, '/box')).toEqual({
    MESOS_FRAMEWORK_ID: 'F',
    MESOS_EXECUTOR_ID: 'a',
    MESOS_TASK_ID: 'a',
    MESOS_SANDBOX: '/box',
    MESOS_DIRECTORY: '/box',
    MESOS_SLAVE_ID: 'agent-1',
    MESOS_SLAVE_PID: 'slave(1)@[::1]:5051',
    MESOS_AGENT_ENDPOINT: '[::1]:5051',
    MESOS_CHECKPOINT: '1',
    MESOS_HTTP_COMMAND_EXECUTOR: '0',
    MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: '5secs',
    MESOS_ALLOCATION_ROLE: 'eng',
    LIBPROCESS_PORT: '0',
  })
})

test.for([
  [['eng'], { cpus: 1 }, 'eng'],
  [['eng', 'sales'], { cpus: 1 }, undefined],
  [['eng/ads', 'sales'], { 'cpus(eng)': 1 }, 'eng/ads'],
  [['eng/ads', 'eng'], { 'cpus(eng)': 1 }, undefined],
] as const)(
  'Environment: of a framework with roles %j, %j was given to %s',
  ([roles, amounts, role]) => {
    const around = { ...owner, surroundings: { ...surroundings, roles } }
    const variables = mesosVariables(around, taskOf('a', { resources: amounts }), '/box')
    expect(variables.MESOS_ALLOCATION_ROLE).toBe(role)
  },
)
