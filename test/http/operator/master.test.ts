import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { agent, connect, master } from '../../cluster/processes/support.ts'
import { until } from '../../transports/websocket/support.ts'

async function ask(place: string, type: string, part: object = {}): Promise<unknown> {
  const answer = await fetch(`http://${place}/api/v1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type, [type.toLowerCase()]: part }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text }
}

interface TaskSeen {
  readonly statuses: readonly { readonly state: string }[]
}

describe('Operators at a master of its own process (1 agent, 1 tenant)', () => {
  it('see agents, tasks and ends, by both forms of the paths, and end a framework', async () => {
    const head = await master()
    const { place } = head
    await agent(place)
    const tenant = (await connect(place)).jobs('eng')
    const job = tenant.submit({ command: 'sleep 100' })
    await tenant.submit({ command: 'true' }).done
    await until('it runs', () => job.state === 'TASK_RUNNING')
    // The tenant knows the end first: its acknowledgement is still on the way.
    await until('the other one is over', () => head.snapshot().frameworks[0]?.tasks.length === 1)
    const state: unknown = await (await fetch(`http://${place}/master/state`)).json()
    expect(state).toMatchObject({
      slaves: [{ hostname: 'a' }],
      frameworks: [
        {
          name: 'eng',
          tasks: [{ state: 'TASK_RUNNING' }],
          completed_tasks: [{ state: 'TASK_FINISHED' }],
        },
      ],
    })
    const summary = await (await fetch(`http://${place}/state-summary`)).json()
    expect(summary).toMatchObject({ frameworks: [{ TASK_RUNNING: 1, TASK_FINISHED: 1 }] })
    expect((await fetch(`http://${place}/master/health`)).status).toBe(200)
    expect(await (await fetch(`http://${place}/metrics`)).text()).toMatch(
      /mesostate_messages_total\{kind="register_framework"\} [1-9]/,
    )
    const { id } = head.snapshot().frameworks[0] ?? {}
    expect(await ask(place, 'TEARDOWN', { framework_id: { value: id } })).toMatchObject({
      status: 200,
    })
    expect(await ask(place, 'GET_FRAMEWORKS')).toMatchObject({
      body: {
        get_frameworks: {
          frameworks: [],
          completed_frameworks: [{ framework_info: { id: { value: id } } }],
        },
      },
    })
  })

  it('see of a task what was told of it before its master was killed and started again', async () => {
    const workDir = mkdtempSync(join(tmpdir(), 'operators-'))
    const first = await master({ workDir })
    const { place } = first
    await agent(place, { http: {} })
    const tenant = (await connect(place)).jobs('eng')
    const job = tenant.submit({ command: 'sleep 100' })
    await until('it runs', () => job.state === 'TASK_RUNNING')
    const tasksOf = async (): Promise<TaskSeen[]> => {
      const { body }: { body?: { get_tasks?: { tasks?: TaskSeen[] } } } = Object(
        await ask(place, 'GET_TASKS'),
      )
      return body?.get_tasks?.tasks ?? []
    }
    const [before] = await tasksOf()
    expect(before?.statuses.at(-1)).toMatchObject({ state: 'TASK_RUNNING', container_status: {} })
    await first.close()
    await master({ workDir, port: Number(place.split(':')[1]) })
    await vi.waitFor(
      async () =>
        expect((await tasksOf())[0]).toMatchObject({
          statuses: before?.statuses,
          status_update_state: 'TASK_RUNNING',
          status_update_uuid: expect.any(String),
        }),
      { timeout: 20_000 },
    )
    // Who closes waits for the end of its tasks, and needs a master for that.
    job.kill()
    await job.done
  })

  it('see which agents a master awaits that was started again', async () => {
    const workDir = mkdtempSync(join(tmpdir(), 'operators-'))
    const first = await master({ workDir })
    await agent(first.place)
    await first.close()
    const second = await master({ workDir, port: 0 })
    expect(await ask(second.place, 'GET_AGENTS')).toMatchObject({
      body: {
        get_agents: { agents: [], recovered_agents: [{ hostname: 'a', id: {} }] },
      },
    })
  })
})
