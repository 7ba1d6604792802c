import type { Command } from 'commander'

/** Each command by its name, loaded when it is wanted: nobody waits for the code of the others. */
const commands: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['run', async () => (await import('./run.ts')).runCommand()],
  ['explain', async () => (await import('./explain.ts')).explainCommand()],
  ['exec', async () => (await import('./exec.ts')).execCommand()],
  ['up', async () => (await import('./up.ts')).upCommand()],
  ['master', async () => (await import('./master.ts')).masterCommand()],
  ['agent', async () => (await import('./agent.ts')).agentCommand()],
  ['ps', async () => (await import('./operator/tasks.ts')).psCommand()],
  ['tasks', async () => (await import('./operator/tasks.ts')).tasksCommand()],
  ['agents', async () => (await import('./operator/agents.ts')).agentsCommand()],
  ['frameworks', async () => (await import('./operator/frameworks.ts')).frameworksCommand()],
  ['roles', async () => (await import('./operator/roles.ts')).rolesCommand()],
  ['logs', async () => (await import('./operator/logs.ts')).logsCommand()],
  ['kill', async () => (await import('./operator/kill.ts')).killCommand()],
  ['drain', async () => (await import('./operator/drain.ts')).drainCommand()],
  ['quota', async () => (await import('./operator/quota.ts')).quotaCommand()],
  ['weights', async () => (await import('./operator/weights.ts')).weightsCommand()],
  ['machines', async () => (await import('./machines.ts')).machinesCommand()],
  ['demo', async () => (await import('./demo.ts')).demoCommand()],
  ['simulate', async () => (await import('./simulate.ts')).simulateCommand()],
  ['explore', async () => (await import('./explore.ts')).exploreCommand()],
  ['schema', async () => (await import('./schema.ts')).schemaCommand()],
])

/** The command of that name alone, or all of them where it is none: for help. */
export function loadCommands(name: string | undefined): Promise<Command[]> {
  const wanted = commands.get(name ?? '')
  const loaders = wanted === undefined ? [...commands.values()] : [wanted]
  return Promise.all(loaders.map((load) => load()))
}
