import { describe, expect, test } from 'vitest'
import type { RunReport } from '../../src/actors/ports.ts'
import { VirtualClock } from '../../src/actors/virtual-clock.ts'
import type { TaskInfo } from '../../src/messages/index.ts'
import { createSimulatedRunner } from '../../src/simulation/world/runner.ts'

const command: TaskInfo = {
  taskId: 'T',
  name: 'T',
  agentId: 'S',
  resources: { cpus: 1 },
  command: { value: 'x' },
  labels: { durationMs: '1000' },
}
const call: TaskInfo = { ...command, executor: { executorId: 'E', type: 'FUNCTION' } }

/** A runner on a machine where the work began this long ago, if at all. */
function resumed(task: TaskInfo, beganAtMs: number | undefined) {
  const clock = new VirtualClock()
  clock.advance(600)
  const told: [number, RunReport][] = []
  const ended: string[] = []
  const factory = createSimulatedRunner(clock, {
    began: () => {},
    ended: ({ taskId }) => ended.push(taskId),
    breaks: () => false,
    beganAtMs: () => beganAtMs,
  })
  factory((report) => told.push([clock.now(), report])).resume(task)
  clock.advance(5_000)
  return { told, ended }
}

describe('Simulated runner: the process of its agent was started anew', () => {
  test('a command goes on and ends when its time is over', () => {
    const { told, ended } = resumed(command, 100)
    expect(told).toEqual([
      [600, { type: 'run.started', taskId: 'T', startedAtMs: 100 }],
      [1_100, { type: 'run.exited', taskId: 'T', succeeded: true, launched: true }],
    ])
    expect(ended).toEqual(['T'])
  })

  test.each([
    ['a command that its machine does not run', command, undefined],
    ['a function', call, 100],
  ])('%s has failed', (_, task, beganAtMs) => {
    const { told } = resumed(task, beganAtMs)
    expect(told).toMatchObject([[600, { type: 'run.exited', succeeded: false }]])
  })
})
