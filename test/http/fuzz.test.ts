import { expect, onTestFinished, test } from 'vitest'
import { startCluster } from '../../scripts/fuzz/cluster.js'
import { inputAt } from '../../scripts/fuzz/inputs.js'
import { Thrower } from '../../scripts/fuzz/thrower.js'
import { startAgent } from '../../src/cluster/processes/agent.ts'
import { Master, masterParts } from '../../src/cluster/processes/master.ts'
import { audit } from '../../src/model/ledger/audit.ts'
import { isLong } from '../support/long.ts'

/** `npm run fuzz` throws more. */
const inputsMax = isLong ? 2_000 : 1_000
const seed = 1

test('HTTP: nothing that is thrown at a master and its agents is too much for them', async () => {
  const cluster = await startCluster({ Master, masterParts, startAgent, audit })
  onTestFinished(() => cluster.close())
  const thrower = new Thrower(cluster, 5_000)
  const inputs = Array.from({ length: inputsMax }, (_, index) => inputAt(seed, index))
  expect(await thrower.batch(inputs)).toEqual([])
  const { statuses } = thrower.counts
  // It is no test if nothing gets through, or nothing is refused.
  for (const status of [200, 202, 400, 404, 405, 415]) {
    expect(statuses[status], `${status}`).toBeGreaterThan(5)
  }
})
