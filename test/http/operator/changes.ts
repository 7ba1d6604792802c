import { expect } from 'vitest'
import { commandOn } from '../../support/fake-scheduler.ts'
import { Desk } from './support.ts'

/** A call and its status; the calls of one list are made in order. */
export type Row = readonly [what: string, type: string, part: object, status: number]

/** A desk with one agent and one framework, whose task uses one of four cpus. */
export function deskWithTask() {
  const desk = new Desk()
  desk.stage.agent('one', { cpus: 4, mem: 1_024, disk: 1_000 })
  const eng = desk.stage.scheduler('eng')
  eng.launch(eng.offer, [commandOn(eng.offer, 't1', { cpus: 1 })], { refuseSeconds: 0 })
  desk.stage.advance(1_000)
  const agent_id = { value: eng.offer.agentId }
  const framework_id = { value: eng.frameworkId }

  /** Refusals say something, agreements nothing. */
  async function play(rows: readonly Row[]): Promise<void> {
    for (const [what, type, part, status] of rows) {
      const reply = await desk.call(type, part)
      expect(reply.status, `${what}: ${JSON.stringify(reply.body)}`).toBe(status)
      if (status >= 400) expect(reply.body, what).toMatch(/\w/)
      else expect(reply.body, what).toBe('')
    }
  }

  return { desk, eng, agent_id, framework_id, play }
}

/** A scalar resource in Mesos' JSON. */
export function scalar(name: string, value: number, rest: object = {}) {
  return { name, type: 'SCALAR', scalar: { value }, ...rest }
}
