import { describe, expect, it } from 'vitest'
import type { Envelope, TaskStatus } from '../../src/messages/index.ts'
import { commandOn } from '../support/fake-scheduler.ts'
import { Stage } from '../support/stage.ts'

/** One task from its launch to its end, seen by a real scheduler, while messages get lost. */

const expected = ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']
const hops = {
  'an update of an executor': ['task.update', 'executor', 'agent'],
  'an acknowledgement to an executor': ['task.acknowledge', 'agent', 'executor'],
  'an update of an agent': ['task.update', 'agent', 'master'],
  'an update of the master': ['task.update', 'master', 'scheduler'],
  'an acknowledgement of a scheduler': ['task.acknowledge', 'scheduler', 'master'],
  'an acknowledgement of the master': ['task.acknowledge', 'master', 'agent'],
} as const
type Hop = (typeof hops)[keyof typeof hops]

function isOn([type, from, to]: Hop, { message, ...envelope }: Envelope): boolean {
  return message.type === type && envelope.from.startsWith(from) && envelope.to.startsWith(to)
}

/** Runs the task while `fault` is at work; says what the scheduler's owner saw of it. */
function live(fault: (stage: Stage) => void = () => {}) {
  const stage = new Stage()
  stage.agent('agent-1', { cpus: 1 })
  const seen: TaskStatus[] = []
  let isLaunched = false
  stage.framework('first', {
    offers: (offers, reply) => {
      const [offer] = offers
      if (offer === undefined || isLaunched) return
      isLaunched = true
      reply.launch(offer, { id: 'T1', command: 'true', cpus: 1 }, { refuseSeconds: 3_600 })
    },
    update: (status) => void seen.push(status),
  })
  fault(stage)
  stage.advance(5_000)
  stage.puppets.exit('T1')
  stage.advance(90_000)
  return { stage, seen }
}

/** Every state once and in order, nothing held, and nobody who still waits for anything. */
function expectSound({ stage, seen }: ReturnType<typeof live>): void {
  const told = seen.filter(({ uuid }) => uuid !== undefined)
  expect(told.map(({ state }) => state)).toEqual(expected)
  expect(stage.puppets.begun).toEqual(['T1'])
  const [framework] = stage.ledger.frameworks.values()
  expect(framework?.tasks.size).toBe(0)
  expect([...stage.ledger.agents.values()].map(({ used }) => used)).toEqual([{}])
  stage.log.clear()
  stage.advance(100_000)
  expect([...stage.sent('task.update'), ...stage.sent('task.acknowledge')]).toEqual([])
}

describe('Lost updates: the task ends, and its scheduler sees each state once and in order', () => {
  it('when nothing is lost', () => {
    expectSound(live())
  })

  for (const [what, hop] of Object.entries(hops)) {
    const sent: Envelope[] = []
    live((stage) => {
      stage.road.observe((envelope) => isOn(hop, envelope) && sent.push(envelope))
    })

    it(`when ${what} is lost once: each of them in turn`, () => {
      expect(sent.length).toBeGreaterThan(0)
      for (const which of sent.keys()) expectSound(live((stage) => lose(stage, hop, which, 1)))
    })

    it(`when ${what} is lost, and lost again: each of them in turn`, () => {
      for (const which of sent.keys()) expectSound(live((stage) => lose(stage, hop, which, 2)))
    })

    it(`when all are lost for 20 s: ${what}`, () => {
      const lostAll = (stage: Stage): void => {
        stage.road.lose((envelope) => stage.clock.now() < 20_000 && isOn(hop, envelope))
      }
      expectSound(live(lostAll))
    })

    it(`when each comes twice: ${what}`, () => {
      expectSound(live((stage) => void stage.road.double(hop[0], hop[2])))
    })
  }
})

/** Loses the message number `which` of a hop, and those after it, `times` in all. */
function lose(stage: Stage, hop: Hop, which: number, times: number): void {
  let count = 0
  stage.road.lose((envelope) => {
    if (!isOn(hop, envelope)) return false
    const index = count++
    return index >= which && index < which + times
  })
}

describe('Reordered updates: one way between two is slow', () => {
  const ways = [
    ['master', 'scheduler/first'],
    ['scheduler/first', 'master'],
    ['agent/agent-1', 'master'],
    ['master', 'agent/agent-1'],
  ] as const

  for (const [from, to] of ways) {
    it(`from ${from} to ${to}: for 25 s, so that repetitions and answers cross`, () => {
      expectSound(
        live((stage) => {
          stage.advance(100)
          const release = stage.road.hold(from, to)
          stage.clock.setTimer(release, 25_000)
        }),
      )
    })
  }

  it('of two agents: the states of each task keep their order', () => {
    const stage = new Stage()
    stage.agents(2, { cpus: 1 })
    const first = stage.scheduler('first')
    const release = stage.road.hold('agent/agent-1', 'master')
    for (const offer of first.offers) {
      first.launch(offer, [commandOn(offer, offer.hostname, { cpus: 1 })])
    }
    stage.settle()
    expect(first.states('agent-2')).toEqual(['TASK_STARTING', 'TASK_RUNNING'])
    expect(first.states('agent-1')).toEqual([])
    for (const id of ['agent-1', 'agent-2']) stage.puppets.exit(id)
    stage.advance(1_000)
    release()
    stage.advance(1_000)
    expect(first.states('agent-2')).toEqual(expected)
    expect([...new Set(first.states('agent-1'))]).toEqual(expected)
  })
})
