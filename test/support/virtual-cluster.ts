import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createCountingIds } from '../../src/actors/ids.ts'
import { VirtualClock } from '../../src/actors/virtual-clock.ts'
import type { AgentSpec } from '../../src/cluster/options.ts'
import { Cluster } from '../../src/cluster.ts'
import { EnvelopeChecker } from '../../src/messages/checker.ts'

/** A cluster of one agent on virtual time that runs real commands; it ends with the test. */
export function virtualCluster(agent: AgentSpec): { cluster: Cluster; clock: VirtualClock } {
  const clock = new VirtualClock()
  const cluster = new Cluster({
    clock,
    ids: createCountingIds(),
    check: new EnvelopeChecker(),
    agents: [agent],
    // Counted ids are the same in every test, and tests run side by side.
    workDir: mkdtempSync(join(tmpdir(), 'virtual-cluster-')),
  })
  onTestFinished(() => close(cluster, clock))
  return { cluster, clock }
}

/** Ends the cluster: its turns are taken on virtual time, its processes end on their own. */
async function close(cluster: Cluster, clock: VirtualClock): Promise<void> {
  let isClosed = false
  const closing = cluster.close({ graceMs: 0 }).finally(() => {
    isClosed = true
  })
  while (!isClosed) await clock.settled()
  await closing
  rmSync(cluster.workDir, { recursive: true, force: true })
}
