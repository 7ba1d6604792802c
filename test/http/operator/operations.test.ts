import { describe, expect, it } from 'vitest'
import { deskWithTask, scalar } from './changes.ts'
import { isRecord } from './support.ts'

const dynamic = (role: string, principal?: string) => ({
  reservations: [{ type: 'DYNAMIC', role, ...(principal && { principal }) }],
})
const volume = { persistence: { id: 'db' }, volume: { mode: 'RW', container_path: 'data' } }

describe('Operator API: reservations and volumes (1 agent, 1 framework with 1 task)', () => {
  it('reservations and volumes: 202, 409 when it is in use, 400 when it cannot be', async () => {
    const { desk, agent_id, play } = deskWithTask()
    const cpus = (value: number) => ({
      agent_id,
      resources: [scalar('cpus', value, dynamic('ops'))],
    })
    const disk = scalar('disk', 100, dynamic('ops'))
    const volumes = { agent_id, volumes: [{ ...disk, disk: volume }] }
    await play([
      ['unknown agent', 'RESERVE_RESOURCES', { ...cpus(1), agent_id: { value: 'x' } }, 400],
      ['what is offered', 'RESERVE_RESOURCES', cpus(3), 202],
      ['what the task uses', 'RESERVE_RESOURCES', cpus(1), 409],
      ['not reserved', 'RESERVE_RESOURCES', { agent_id, resources: [scalar('mem', 1)] }, 400],
      ['nothing', 'RESERVE_RESOURCES', { agent_id, resources: [] }, 400],
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
      ['destroyed', 'DESTROY_VOLUMES', volumes, 202],
      ['twice', 'DESTROY_VOLUMES', volumes, 409],
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
})
