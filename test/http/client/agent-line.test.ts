import { expect, onTestFinished, test } from 'vitest'
import { AgentLine } from '../../../src/http/client/agent-line.ts'
import { environmentOf } from '../../../src/http/client/executor-environment.ts'
import { Unacknowledged } from '../../../src/http/client/unacknowledged.ts'
import { until } from '../../executors/harness.ts'
import { foreignServer } from './support.ts'

test('Ways to an agent: the longest wait leaves the half of what the agent waits (max 2 s)', async () => {
  const server = await foreignServer(({ response }) => response.destroy())
  const variables = {
    MESOS_FRAMEWORK_ID: 'F',
    MESOS_EXECUTOR_ID: 'E',
    MESOS_CHECKPOINT: '1',
    MESOS_AGENT_ENDPOINT: server.place,
    MESOS_SUBSCRIPTION_BACKOFF_MAX: '2secs',
  }
  const waitsMs: number[] = []
  const troubles: string[] = []
  const line = new AgentLine({
    environment: environmentOf(variables, {}),
    clock: {
      setTimer: (_due, delayMs) => ({ id: waitsMs.push(delayMs) }),
      clearTimer: () => {},
    },
    random: () => 1,
    unacknowledged: new Unacknowledged(),
    subscribed: () => {},
    heard: () => {},
    broken: (reason) => void troubles.push(reason),
    gone: () => {},
    trouble: () => {},
  })
  onTestFinished(() => line.close())
  line.open()
  await until('that it is broken', () => troubles.length > 0)
  expect(waitsMs).toEqual([900_000, 1_000])
})
