import { describe, expect, it } from 'vitest'
import { deskWithTask } from './changes.ts'

describe('Operator API: agents and machines (1 agent, 1 framework with 1 task)', () => {
  it('DRAIN_AGENT: from draining to drained, and back', async () => {
    const { desk, agent_id, play } = deskWithTask()
    await play([
      ['unknown', 'DRAIN_AGENT', { agent_id: { value: 'nowhere' } }, 400],
      ['a host name is no id', 'DRAIN_AGENT', { agent_id: { value: 'one' } }, 400],
      ['grace as a text', 'DRAIN_AGENT', { agent_id, max_grace_period: '2s' }, 400],
      [
        'good',
        'DRAIN_AGENT',
        { agent_id, max_grace_period: { seconds: 2, nanos: 500_000_000 } },
        200,
      ],
    ])
    desk.stage.advance(100)
    expect(await desk.query('GET_AGENTS')).toMatchObject({
      agents: [
        {
          active: false,
          deactivated: true,
          drain_info: {
            state: 'DRAINED',
            config: { max_grace_period: { nanoseconds: 2_500_000_000 }, mark_gone: false },
          },
          estimated_drain_start_time: { nanoseconds: expect.any(Number) },
        },
      ],
    })
    await play([
      ['back', 'REACTIVATE_AGENT', { agent_id }, 200],
      ['twice', 'REACTIVATE_AGENT', { agent_id }, 400],
      ['off', 'DEACTIVATE_AGENT', { agent_id }, 200],
      ['unknown', 'DEACTIVATE_AGENT', { agent_id: { value: 'x' } }, 400],
    ])
    const agents = await desk.query('GET_AGENTS')
    expect(agents).toMatchObject({ agents: [{ active: false, deactivated: true }] })
    expect(JSON.stringify(agents)).not.toContain('drain_info')
  })

  it('MARK_AGENT_GONE: 404 when it was never there, 200 when it is gone already', async () => {
    const { desk, agent_id, play } = deskWithTask()
    await play([
      ['unknown', 'MARK_AGENT_GONE', { agent_id: { value: 'nowhere' } }, 404],
      ['good', 'MARK_AGENT_GONE', { agent_id }, 200],
      ['again', 'MARK_AGENT_GONE', { agent_id }, 200],
      ['too late', 'DRAIN_AGENT', { agent_id }, 400],
    ])
    expect(await desk.query('GET_AGENTS')).toEqual({ agents: [], recovered_agents: [] })
  })

  it('maintenance: planned, under way, over', async () => {
    const { desk, eng, framework_id, play } = deskWithTask()
    const machine = { hostname: 'ONE', ip: '10.0.0.1' }
    const unavailability = { start: { nanoseconds: 5e9 }, duration: { nanoseconds: 1e9 } }
    const windows = [{ machine_ids: [machine], unavailability }]
    const taking = (nanoseconds: number) => ({
      windows: [
        {
          machine_ids: [machine],
          unavailability: { ...unavailability, duration: { nanoseconds } },
        },
      ],
    })
    const machines = { machines: [machine] }
    const none = [{ machine_ids: [{}], unavailability }]
    const twice = [{ machine_ids: [machine, machine], unavailability }]
    await play([
      ['not planned', 'START_MAINTENANCE', machines, 400],
      ['nothing named', 'UPDATE_MAINTENANCE_SCHEDULE', { schedule: { windows: none } }, 400],
      ['twice', 'UPDATE_MAINTENANCE_SCHEDULE', { schedule: { windows: twice } }, 400],
      ['ended before', 'UPDATE_MAINTENANCE_SCHEDULE', { schedule: taking(-1) }, 400],
      ['ended long before', 'UPDATE_MAINTENANCE_SCHEDULE', { schedule: taking(-1e9) }, 400],
      ['good', 'UPDATE_MAINTENANCE_SCHEDULE', { schedule: { windows } }, 200],
    ])
    expect(await desk.query('GET_MAINTENANCE_SCHEDULE')).toEqual({
      schedule: { windows: [{ machine_ids: [{ hostname: 'ONE' }], unavailability }] },
    })
    expect(await desk.query('GET_MAINTENANCE_STATUS')).toEqual({
      status: { draining_machines: [{ id: { hostname: 'ONE' } }] },
    })
    expect(await desk.query('GET_FRAMEWORKS')).toMatchObject({
      frameworks: [{ inverse_offers: [{ framework_id, unavailability }] }],
    })
    const inverseOfferIds = eng
      .heard('allocation.inverseOffer')
      .flatMap(({ inverseOffers }) => inverseOffers.map(({ inverseOfferId }) => inverseOfferId))
    eng.say({ type: 'allocation.acceptInverse', inverseOfferIds })
    desk.stage.settle()
    expect(await desk.query('GET_MAINTENANCE_STATUS')).toMatchObject({
      status: { draining_machines: [{ statuses: [{ status: 'ACCEPT', framework_id }] }] },
    })
    await play([
      ['down', 'START_MAINTENANCE', machines, 200],
      ['must stay', 'UPDATE_MAINTENANCE_SCHEDULE', { schedule: { windows: [] } }, 400],
    ])
    expect(await desk.query('GET_MAINTENANCE_STATUS')).toEqual({
      status: { down_machines: [{ hostname: 'ONE' }] },
    })
    await play([
      ['up', 'STOP_MAINTENANCE', machines, 200],
      ['up already', 'STOP_MAINTENANCE', machines, 400],
    ])
  })
})
