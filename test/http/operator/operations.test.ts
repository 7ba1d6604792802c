import { describe, expect, it } from 'vitest'
import { commandOn } from '../../support/fake-scheduler.ts'
import { deskWithTask, scalar } from './changes.ts'
import { isRecord } from './support.ts'

const dynamic = (role: string, principal?: string) => ({
  reservations: [{ type: 'DYNAMIC', role, ...(principal && { principal }) }],
})
const volume = { persistence: { id: 'db' }, volume: { mode: 'RW', container_path: 'data' } }

describe('Operator API: reservations and volumes (1 agent, 1 framework with 1 task)', () => {
  it('reservations and volumes: 202, 409 when it lacks, 400 when it cannot be', async () => {
    const { desk, agent_id, play } = deskWithTask()
    const cpus = (value: number) => ({
      agent_id,
      resources: [scalar('cpus', value, dynamic('ops'))],
    })
    const disk = scalar('disk', 100, dynamic('ops'))
    const ofSize = (value: number) => ({
      agent_id,
      volumes: [{ ...disk, scalar: { value }, disk: volume }],
    })
    const volumes = ofSize(100)
    await play([
      ['unknown agent', 'RESERVE_RESOURCES', { ...cpus(1), agent_id: { value: 'x' } }, 400],
      ['what is offered', 'RESERVE_RESOURCES', cpus(3), 202],
      ['what the task uses', 'RESERVE_RESOURCES', cpus(1), 409],
      ['not reserved', 'RESERVE_RESOURCES', { agent_id, resources: [scalar('mem', 1)] }, 400],
      ['nothing', 'RESERVE_RESOURCES', { agent_id, resources: [] }, 202],
      ['left out', 'UNRESERVE_RESOURCES', { agent_id }, 202],
      ['no volumes', 'CREATE_VOLUMES', { agent_id, volumes: [] }, 202],
      ['none to destroy', 'DESTROY_VOLUMES', { agent_id, volumes: [] }, 202],
      ['not there', 'DESTROY_VOLUMES', volumes, 400],
      ['less than nothing', 'RESERVE_RESOURCES', cpus(-1), 400],
      ['given back', 'UNRESERVE_RESOURCES', cpus(3), 202],
      ['twice', 'UNRESERVE_RESOURCES', cpus(3), 409],
      ['a volume of nothing', 'CREATE_VOLUMES', volumes, 409],
      ['disk', 'RESERVE_RESOURCES', { agent_id, resources: [disk] }, 202],
      ['a volume', 'CREATE_VOLUMES', volumes, 202],
      ['no agent', 'SHRINK_VOLUME', { volume: volumes.volumes[0], subtract: { value: 1 } }, 400],
      [
        'shrunk',
        'SHRINK_VOLUME',
        { agent_id, volume: volumes.volumes[0], subtract: { value: 50 } },
        202,
      ],
      [
        'as large as before',
        'GROW_VOLUME',
        { agent_id, volume: volumes.volumes[0], addition: { ...disk, scalar: { value: 50 } } },
        409,
      ],
      [
        'grown',
        'GROW_VOLUME',
        {
          agent_id,
          volume: { ...volumes.volumes[0], scalar: { value: 50 } },
          addition: { ...disk, scalar: { value: 50 } },
        },
        202,
      ],
      ['only a part of it', 'DESTROY_VOLUMES', ofSize(50), 400],
      ['more than it', 'DESTROY_VOLUMES', ofSize(150), 400],
      ['destroyed', 'DESTROY_VOLUMES', volumes, 202],
      ['twice', 'DESTROY_VOLUMES', volumes, 400],
    ])
    const answer = await desk.query('GET_AGENTS')
    expect(isRecord(answer) && answer.agents).toMatchObject([
      {
        total_resources: expect.arrayContaining([
          { ...disk, role: 'ops', reservation: {} },
          { ...scalar('disk', 900), role: '*' },
        ]),
      },
    ])
  })

  it('a volume that a task uses cannot be destroyed (400)', async () => {
    const { desk, eng, agent_id, play } = deskWithTask()
    const disk = scalar('disk', 100, dynamic('eng'))
    const volumes = { agent_id, volumes: [{ ...disk, disk: volume }] }
    await play([
      ['disk', 'RESERVE_RESOURCES', { agent_id, resources: [disk] }, 202],
      ['a volume', 'CREATE_VOLUMES', volumes, 202],
    ])
    desk.stage.advance(1_000)
    const held = { cpus: 0.1, 'disk(eng,)[db:data]': 100 }
    eng.launch(eng.offer, [commandOn(eng.offer, 't2', held)])
    desk.stage.advance(1_000)
    const { status, body } = await desk.call('DESTROY_VOLUMES', volumes)
    expect([status, body]).toEqual([400, expect.stringContaining('persistent volumes in use')])
  })

  it('whoever is known by name reserves in that name', async () => {
    const { desk, agent_id } = deskWithTask()
    const cpus = (principal?: string) => ({
      agent_id,
      resources: [scalar('cpus', 1, dynamic('ops', principal))],
    })
    expect((await desk.call('RESERVE_RESOURCES', cpus(), 'ann')).status).toBe(400)
    expect((await desk.call('RESERVE_RESOURCES', cpus('bob'), 'ann')).status).toBe(400)
    expect((await desk.call('RESERVE_RESOURCES', cpus('ann'), 'ann')).status).toBe(202)
  })

  it('whoever is known by name creates volumes in that name', async () => {
    const { desk, agent_id } = deskWithTask()
    const disk = scalar('disk', 100, dynamic('ops', 'ann'))
    const create = async (principal?: unknown, by?: string): Promise<number> => {
      const persistence = { id: 'db', ...(principal !== undefined && { principal }) }
      const volumes = [{ ...disk, disk: { ...volume, persistence } }]
      return (await desk.call('CREATE_VOLUMES', { agent_id, volumes }, by)).status
    }
    const reserved = await desk.call('RESERVE_RESOURCES', { agent_id, resources: [disk] }, 'ann')
    expect(reserved.status).toBe(202)
    expect(await create(undefined, 'ann')).toBe(400)
    expect(await create(null, 'ann')).toBe(400)
    expect(await create('bob', 'ann')).toBe(400)
    expect(await create('ann', 'ann')).toBe(202)
  })

  it('a label of a reservation may have no value, which is not an empty one', async () => {
    const { desk, agent_id, play } = deskWithTask()
    const resource = (value?: string) => {
      const labels = { labels: [{ key: 'mine', ...(value !== undefined && { value }) }] }
      const reservation = { type: 'DYNAMIC', role: 'ops', labels }
      return scalar('cpus', 1, { reservations: [reservation] })
    }
    await play([
      ['none', 'RESERVE_RESOURCES', { agent_id, resources: [resource()] }, 202],
      ['another', 'UNRESERVE_RESOURCES', { agent_id, resources: [resource('')] }, 409],
    ])
    expect(await desk.query('GET_AGENTS')).toMatchObject({
      agents: [{ total_resources: expect.arrayContaining([expect.objectContaining(resource())]) }],
    })
    await play([['back', 'UNRESERVE_RESOURCES', { agent_id, resources: [resource()] }, 202]])
  })

  it('what operators reserve is allocated to nobody (400)', async () => {
    const { agent_id, play } = deskWithTask()
    const allocated = { ...dynamic('ops'), allocation_info: { role: 'ops' } }
    const resources = [scalar('cpus', 1, allocated)]
    await play([['allocated', 'RESERVE_RESOURCES', { agent_id, resources }, 400]])
  })
})
