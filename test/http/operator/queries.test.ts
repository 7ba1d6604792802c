import { beforeEach, describe, expect, it } from 'vitest'
import type { FakeScheduler } from '../../support/fake-scheduler.ts'
import { commandOn } from '../../support/fake-scheduler.ts'
import { Desk } from './support.ts'

const scalar = (name: string, value: number) => ({ name, type: 'SCALAR', scalar: { value } })
const forEng = { allocation_info: { role: 'eng' } }

describe('Operator API: questions (1 agent, 1 framework, 1 task running, 1 finished)', () => {
  let desk: Desk
  let eng: FakeScheduler

  beforeEach(() => {
    desk = new Desk()
    const { stage } = desk
    stage.agent(
      'one',
      { cpus: 4, mem: 1_024, disk: 1_000, ports: [[31_000, 31_009]] },
      { rack: 'r1' },
    )
    eng = stage.scheduler('eng', {
      user: 'ann',
      capabilities: ['PARTITION_AWARE', 'MULTI_ROLE', 'RESERVATION_REFINEMENT'],
    })
    stage.settle()
    eng.launch(eng.offer, [
      commandOn(eng.offer, 't1', { cpus: 1 }, { labels: { team: 'web' } }),
      commandOn(eng.offer, 't2', { cpus: 0.5, mem: 64 }),
    ])
    stage.advance(100)
    stage.puppets.exit('t2')
    stage.advance(100)
  })

  it('GET_HEALTH, GET_VERSION, GET_LOGGING_LEVEL, GET_FLAGS', async () => {
    expect(await desk.query('GET_HEALTH')).toEqual({ healthy: true })
    expect(await desk.query('GET_VERSION')).toEqual({ version_info: { version: '1.12.0' } })
    expect(await desk.query('GET_LOGGING_LEVEL')).toEqual({ level: 0 })
    expect(await desk.query('GET_FLAGS')).toEqual({
      flags: [
        { name: 'port', value: '5050' },
        { name: 'registry', value: 'memory' },
      ],
    })
  })

  it('GET_MASTER', async () => {
    expect(await desk.query('GET_MASTER')).toMatchObject({
      master_info: {
        id: 'M',
        ip: 16_777_343,
        port: 5050,
        pid: 'master@127.0.0.1:5050',
        hostname: 'head',
        address: { hostname: 'head', ip: '127.0.0.1', port: 5050 },
      },
      start_time: 0,
      elected_time: 0,
    })
  })

  it('GET_AGENTS: what an agent has, what of it is used and offered, by role', async () => {
    const { offer } = eng
    expect(await desk.query('GET_AGENTS')).toEqual({
      agents: [
        {
          agent_info: {
            id: { value: offer.agentId },
            hostname: 'one',
            resources: [
              scalar('cpus', 4),
              scalar('mem', 1_024),
              scalar('disk', 1_000),
              {
                name: 'ports',
                type: 'RANGES',
                ranges: { range: [{ begin: 31_000, end: 31_009 }] },
              },
            ],
            attributes: [{ name: 'rack', type: 'TEXT', text: { value: 'r1' } }],
            checkpoint: false,
          },
          active: true,
          deactivated: false,
          version: '1.12.0',
          registered_time: { nanoseconds: expect.any(Number) },
          total_resources: expect.arrayContaining([{ ...scalar('cpus', 4), role: '*' }]),
          allocated_resources: [{ ...scalar('cpus', 1), ...forEng, role: '*' }],
          offered_resources: expect.arrayContaining([
            { ...scalar('cpus', offer.resources.cpus as number), ...forEng, role: '*' },
          ]),
          capabilities: expect.arrayContaining([{ type: 'MULTI_ROLE' }]),
        },
      ],
      recovered_agents: [],
    })
  })

  it('GET_FRAMEWORKS: how it stands, and its offers', async () => {
    const { offer, frameworkId } = eng
    expect(await desk.query('GET_FRAMEWORKS')).toEqual({
      frameworks: [
        {
          framework_info: {
            id: { value: frameworkId },
            name: 'eng',
            user: 'ann',
            roles: ['eng'],
            checkpoint: false,
            failover_timeout: 0,
            capabilities: [
              { type: 'PARTITION_AWARE' },
              { type: 'MULTI_ROLE' },
              { type: 'RESERVATION_REFINEMENT' },
            ],
          },
          active: true,
          connected: true,
          recovered: false,
          registered_time: { nanoseconds: expect.any(Number) },
          reregistered_time: { nanoseconds: expect.any(Number) },
          offers: [expect.objectContaining({ id: { value: offer.offerId }, ...forEng })],
          allocated_resources: [{ ...scalar('cpus', 1), ...forEng, role: '*' }],
          offered_resources: expect.any(Array),
          offer_constraints: {},
        },
      ],
      completed_frameworks: [],
    })
  })

  it('GET_TASKS: what runs with its statuses, and what is over', async () => {
    const ids = {
      framework_id: { value: eng.frameworkId },
      agent_id: { value: eng.offer.agentId },
    }
    expect(await desk.query('GET_TASKS')).toMatchObject({
      tasks: [
        {
          ...ids,
          name: 't1',
          task_id: { value: 't1' },
          state: 'TASK_RUNNING',
          resources: [{ ...scalar('cpus', 1), ...forEng }],
          statuses: [
            { state: 'TASK_STARTING', source: 'SOURCE_EXECUTOR', task_id: { value: 't1' } },
            { state: 'TASK_RUNNING', uuid: expect.any(String) },
          ],
          status_update_state: 'TASK_RUNNING',
          status_update_uuid: expect.any(String),
          labels: { labels: [{ key: 'team', value: 'web' }] },
        },
      ],
      unreachable_tasks: [],
      completed_tasks: [
        {
          ...ids,
          task_id: { value: 't2' },
          state: 'TASK_FINISHED',
          statuses: [
            { state: 'TASK_STARTING' },
            { state: 'TASK_RUNNING' },
            { state: 'TASK_FINISHED' },
          ],
        },
      ],
    })
  })

  it('GET_STATE has the four parts, as they are alone', async () => {
    expect(await desk.query('GET_STATE')).toEqual({
      get_tasks: await desk.query('GET_TASKS'),
      get_executors: { executors: [] },
      get_frameworks: await desk.query('GET_FRAMEWORKS'),
      get_agents: await desk.query('GET_AGENTS'),
    })
  })

  it('GET_EXECUTORS: programs of their own, while they live', async () => {
    const { stage } = desk
    const { frameworkId } = eng
    const resources = { cpus: 0.1, mem: 32, disk: 1 }
    const executor = { executorId: 'e1', frameworkId, type: 'DEFAULT', resources } as const
    const tasks = [commandOn(eng.offer, 'g1', { cpus: 0.25, mem: 32 })]
    stage.road.drop('task.launchGroup')
    eng.accept(eng.offer, [{ type: 'LAUNCH_GROUP', executor, tasks }])
    stage.advance(100)
    expect(await desk.query('GET_EXECUTORS')).toMatchObject({
      executors: [
        {
          executor_info: {
            executor_id: { value: 'e1' },
            framework_id: { value: eng.frameworkId },
            type: 'DEFAULT',
            resources: [
              { ...scalar('cpus', 0.1), ...forEng },
              { ...scalar('mem', 32), ...forEng },
              { ...scalar('disk', 1), ...forEng },
            ],
          },
          agent_id: { value: expect.any(String) },
        },
      ],
    })
  })

  it('GET_ROLES: weights, members, and what they have', async () => {
    await desk.call('UPDATE_WEIGHTS', { weight_infos: [{ role: 'ops', weight: 3 }] })
    expect(await desk.query('GET_ROLES')).toEqual({
      roles: [
        {
          name: 'eng',
          weight: 1,
          frameworks: [{ value: eng.frameworkId }],
          resources: [scalar('cpus', 4), scalar('disk', 1_000), scalar('mem', 1_024)],
        },
        { name: 'ops', weight: 3 },
      ],
    })
  })

  it('GET_METRICS counts what is, and what has been', async () => {
    const answer = await desk.query('GET_METRICS', { timeout: { nanoseconds: 1 } })
    expect(answer).toMatchObject({
      metrics: expect.arrayContaining([
        { name: 'master/elected', value: 1 },
        { name: 'master/slaves_active', value: 1 },
        { name: 'master/frameworks_active', value: 1 },
        { name: 'master/tasks_running', value: 1 },
        { name: 'master/tasks_finished', value: 1 },
        { name: 'master/cpus_total', value: 4 },
        { name: 'master/cpus_used', value: 1 },
        { name: 'master/outstanding_offers', value: 1 },
        { name: 'master/messages_launch_tasks', value: 1 },
        { name: 'master/messages_register_slave', value: 1 },
      ]),
    })
  })

  it('GET_OPERATIONS: those that are on their way', async () => {
    expect(await desk.query('GET_OPERATIONS')).toEqual({})
    desk.stage.road.drop('allocation.apply')
    eng.accept(eng.offer, [{ type: 'RESERVE', resources: { 'cpus(eng,)': 1 } }])
    desk.stage.settle()
    const reserved = { reservations: [{ type: 'DYNAMIC', role: 'eng' }] }
    expect(await desk.query('GET_OPERATIONS')).toEqual({
      operations: [
        {
          framework_id: { value: eng.frameworkId },
          agent_id: { value: expect.any(String) },
          info: {
            type: 'RESERVE',
            reserve: { resources: [{ ...scalar('cpus', 1), ...reserved }] },
          },
          latest_status: { state: 'OPERATION_PENDING' },
          statuses: [{ state: 'OPERATION_PENDING' }],
        },
      ],
    })
  })
})
