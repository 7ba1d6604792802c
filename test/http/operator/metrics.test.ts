import { beforeEach, describe, expect, it } from 'vitest'
import type { LocalAgent } from '../../../src/executors/local-agent.ts'
import { commandOn, type FakeScheduler } from '../../support/fake-scheduler.ts'
import { Desk, isRecord } from './support.ts'

async function metricsOf(desk: Desk): Promise<Record<string, unknown>> {
  const { body } = await desk.get('/metrics/snapshot')
  if (!isRecord(body)) throw new Error('no metrics')
  return body
}

describe('Metrics of a master (1 agent, 1 framework, 1 task running, 1 finished)', () => {
  let desk: Desk
  let eng: FakeScheduler
  let agent: LocalAgent

  beforeEach(() => {
    desk = new Desk()
    const { stage } = desk
    agent = stage.agent('one', { cpus: 4, mem: 1_024 })
    eng = stage.scheduler('eng')
    stage.settle()
    eng.launch(eng.offer, [
      commandOn(eng.offer, 't1', { cpus: 1 }),
      commandOn(eng.offer, 't2', { cpus: 1 }),
    ])
    stage.advance(100)
    stage.puppets.exit('t2')
    stage.advance(100)
  })

  /** Those of its framework, by the ends of their names. */
  async function own(): Promise<Record<string, unknown>> {
    const prefix = `master/frameworks/eng/${eng.frameworkId}/`
    const all = Object.entries(await metricsOf(desk))
    return Object.fromEntries(
      all.flatMap(([name, value]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
      ),
    )
  }

  it('a framework: what it said, what it was told, its offers and its tasks', async () => {
    const before = await own()
    expect(before).toMatchObject({
      subscribed: 1,
      'calls/subscribe': 1,
      'calls/accept': 1,
      'calls/kill': 0,
      'events/subscribed': 1,
      'offers/sent': 2,
      'offers/accepted': 1,
      'offers/declined': 0,
      'tasks/active/task_running': 1,
      'tasks/active/task_staging': 0,
      'tasks/terminal/task_finished': 1,
      'tasks/terminal/task_failed': 0,
    })
    // Each status of a task is one of them, however they travel.
    expect(before['events/update']).toBe(eng.updates('t1').length + eng.updates('t2').length)
    expect(before['calls/acknowledge']).toBe(before['events/update'])
    const told = Object.entries(before).filter(([name]) => name.startsWith('calls/'))
    expect(before.calls).toBe(told.reduce((sum, [, value]) => sum + Number(value), 0))
    eng.decline(eng.offer)
    eng.kill('t1')
    desk.stage.settle()
    expect(await own()).toMatchObject({ 'offers/declined': 1, 'calls/kill': 1 })
    expect(await metricsOf(desk)).toMatchObject({
      'allocator/mesos/offer_filters/roles/eng/active': 1,
    })
  })

  it('a framework whose scheduler fails over goes on counting; one that is gone does not', async () => {
    const { frameworkId } = eng
    const next = desk.stage.mailbox('scheduler/next')
    const framework = { name: 'eng', roles: ['eng'] }
    next.say({ type: 'lifecycle.reregister', frameworkId, framework })
    desk.stage.settle()
    expect(await own()).toMatchObject({ 'calls/subscribe': 2, 'calls/accept': 1 })
    next.say({ type: 'lifecycle.unregister', frameworkId })
    desk.stage.settle()
    expect(await own()).toEqual({})
  })

  it('what could go on its way, and what could not', async () => {
    const before = await metricsOf(desk)
    const updates = Number(before['master/messages_status_update'])
    expect(before).toMatchObject({
      'master/valid_status_updates': updates,
      'master/invalid_status_updates': 0,
      'master/valid_status_update_acknowledgements': updates,
      'master/invalid_status_update_acknowledgements': 0,
      'master/dropped_messages': 0,
      'master/event_queue_messages': 0,
      'master/messages_update_slave': 0,
      'registrar/log/recovered': 1,
    })
    const { agentId } = eng.offer
    for (const id of [agentId, 'nobody']) {
      eng.say({ type: 'task.message', agentId: id, executorId: 't1', data: '' })
    }
    eng.acknowledge({
      taskId: 't1',
      agentId: 'nobody',
      uuid: 'u',
      state: 'TASK_RUNNING',
      source: 'EXECUTOR',
      timestampMs: 0,
    })
    desk.stage.settle()
    expect(await metricsOf(desk)).toMatchObject({
      'master/valid_framework_to_executor_messages': 1,
      'master/invalid_framework_to_executor_messages': 1,
      'master/invalid_status_update_acknowledgements': 1,
    })
    const { body } = await desk.get('/metrics')
    expect(String(body)).toContain(
      'mesostate_messages_checked_total{verdict="invalid",kind="framework_to_executor_messages"} 1',
    )
    expect(String(body)).not.toContain(eng.frameworkId.replaceAll('-', '_'))
  })

  it('agents that are lost and that leave are removed, each for its reason', async () => {
    expect(await metricsOf(desk)).toMatchObject({
      'master/slave_registrations': 1,
      'master/slave_removals': 0,
    })
    desk.stage.agent('two', { cpus: 1, mem: 64 })
    void agent.stop(0)
    desk.stage.advance(1_000)
    desk.stage.road.drop('lifecycle.pong')
    desk.stage.advance(200_000)
    expect(await metricsOf(desk)).toMatchObject({
      'master/slave_registrations': 2,
      'master/slave_removals': 2,
      'master/slave_removals/reason_unhealthy': 1,
      'master/slave_removals/reason_unregistered': 1,
      'master/slave_removals/reason_registered': 0,
      'master/slave_unreachable_scheduled': 1,
      'master/slave_unreachable_completed': 1,
      'master/slave_unreachable_canceled': 0,
      'master/recovery_slave_removals': 0,
    })
  })
})
