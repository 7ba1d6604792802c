import type { ClusterOptions } from '../../src/cluster/options.ts'
import { createWorld, type World } from './world.ts'

/** A cluster on which `high` may take what `low` has, and two tenants of these names. */
export async function preemptiveWorld(options: ClusterOptions = {}) {
  const world = await createWorld({
    agents: [{ cpus: 4 }],
    policy: 'priority-preemptive',
    priorities: { high: 1 },
    ...options,
  })
  return { world, low: world.cluster.jobs('low'), high: world.cluster.jobs('high') }
}

/** How many tasks were told to end. */
export function kills(world: World): number {
  return world.sent('task.kill', 'master').flatMap(({ kills }) => kills).length
}
