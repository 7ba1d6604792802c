import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { ClusterOptions } from '../../src/cluster/options.ts'
import { type Cluster, createCluster } from '../../src/cluster.ts'

/** A cluster on real time with real processes; closed, and its folder removed, after the test. */
export async function liveCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const workDir = mkdtempSync(join(tmpdir(), 'mesostate-live-'))
  const cluster = await createCluster({ agents: [{ cpus: 4, mem: 4_096 }], workDir, ...options })
  onTestFinished(async () => {
    await cluster.close({ graceMs: 0 })
    rmSync(workDir, { recursive: true, force: true, maxRetries: 3 })
  })
  return cluster
}
