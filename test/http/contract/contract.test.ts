import { afterAll, beforeAll, describe, test } from 'vitest'
import { startAgent } from '../../../src/cluster/processes/agent.ts'
import { startMaster } from '../../../src/cluster/processes/master.ts'
import type { AgentProcess, Master } from '../../../src/index.ts'
import { Conversation } from './conversation.ts'
import { type Fixture, fixturesIn } from './fixture.ts'

const timeouts = {
  registrationBackoffMs: 20,
  allocationIntervalMs: 20,
  executorShutdownGraceMs: 200,
  latestStateDelayMs: 50,
}
const token = 'a-token-for-tests'
const resources = { cpus: 4, mem: 1_024, disk: 1_024 }
const folders = ['accept', 'launch', 'launch-group', 'operations', 'scheduler', 'executor']

/** The fixtures lie beside: each is a rule of the protocol, as requests and answers. */
describe.each(folders)('Contract: %s (1 agent)', (folder) => {
  let master: Master
  let agent: AgentProcess

  beforeAll(async () => {
    master = await startMaster({ port: 0, token, timeouts })
    agent = await startAgent({
      ...{ master: master.place, token, timeouts, http: {} },
      agent: { name: 'a', resources: { ...resources, ports: [[31_000, 31_099]] } },
    })
  })
  afterAll(async () => {
    await agent.stop({ graceMs: 0 })
    await master.close()
  })

  test.each(fixturesIn(folder))('$rule: $says', async (fixture: Fixture) => {
    const conversation = new Conversation(master, agent, fixture)
    try {
      await conversation.play()
    } finally {
      await conversation.end()
    }
  })
})
