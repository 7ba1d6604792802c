#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { codeOf } from '../executors/sentences.ts'
import { InvalidInputError, StorageError } from '../model/errors.ts'
import { agentCommand } from './agent.ts'
import { demoCommand } from './demo.ts'
import { execCommand } from './exec.ts'
import { explainCommand } from './explain.ts'
import { exploreCommand } from './explore.ts'
import { machinesCommand } from './machines.ts'
import { masterCommand } from './master.ts'
import { agentsCommand } from './operator/agents.ts'
import { drainCommand } from './operator/drain.ts'
import { frameworksCommand } from './operator/frameworks.ts'
import { killCommand } from './operator/kill.ts'
import { logsCommand } from './operator/logs.ts'
import { quotaCommand } from './operator/quota.ts'
import { rolesCommand } from './operator/roles.ts'
import { psCommand, tasksCommand } from './operator/tasks.ts'
import { weightsCommand } from './operator/weights.ts'
import { runCommand } from './run.ts'
import { schemaCommand } from './schema.ts'
import { spelledAsOurs } from './settings/spelling.ts'
import { simulateCommand } from './simulate.ts'
import { upCommand } from './up.ts'
import { exitCodes, UsageError } from './usage.ts'

function versionOfPackage(): string {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')
  const description: unknown = JSON.parse(text)
  const known = typeof description === 'object' && description !== null && 'version' in description
  return known ? String(description.version) : 'unknown'
}

function program(): Command {
  const commands = [
    runCommand(),
    explainCommand(),
    execCommand(),
    upCommand(),
    masterCommand(),
    agentCommand(),
    psCommand(),
    tasksCommand(),
    agentsCommand(),
    frameworksCommand(),
    rolesCommand(),
    logsCommand(),
    killCommand(),
    drainCommand(),
    quotaCommand(),
    weightsCommand(),
    machinesCommand(),
    demoCommand(),
    simulateCommand(),
    exploreCommand(),
    schemaCommand(),
  ]
  const root = new Command('mesostate')
    .description('Two-level scheduling: share cpus, memory, gpus and ports fairly between tenants.')
    .version(versionOfPackage(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .enablePositionalOptions()
    .showHelpAfterError('(--help tells more)')
    .exitOverride()
  // Commander copies settings only to the commands that it makes itself.
  for (const command of commands) root.addCommand(command.copyInheritedSettings(root))
  return root
}

async function main(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    // Whoever read the output is gone: that must not keep tasks from being ended in order.
    stream.on('error', (error) => {
      if (codeOf(error) !== 'EPIPE') throw error
    })
  }
  try {
    const root = program()
    await root.parseAsync(argumentsFor(root), { from: 'user' })
  } catch (error) {
    process.exitCode = exitCodeOf(error)
  }
}

/** What is started in place of Mesos' programs takes their spelling of flags, too. */
function argumentsFor(root: Command): readonly string[] {
  const [name = '', ...args] = process.argv.slice(2)
  if (!['up', 'master', 'agent'].includes(name)) return process.argv.slice(2)
  const command = root.commands.find((one) => one.name() === name)
  const flags = new Set(command?.options.flatMap(({ long }) => long ?? []))
  return [name, ...spelledAsOurs(args, flags)]
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  }
  if (
    error instanceof UsageError ||
    error instanceof InvalidInputError ||
    error instanceof StorageError
  ) {
    process.stderr.write(`mesostate: ${error.message}\n`)
    return exitCodes.usage
  }
  throw error
}

await main()
