#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { codeOf } from '../executors/sentences.ts'
import { InvalidInputError, StorageError } from '../model/errors.ts'
import { loadCommands } from './commands.ts'
import { spelledAsOurs } from './settings/spelling.ts'
import { exitCodes, UsageError } from './usage.ts'

function versionOfPackage(): string {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')
  const description: unknown = JSON.parse(text)
  const known = typeof description === 'object' && description !== null && 'version' in description
  return known ? String(description.version) : 'unknown'
}

async function program(): Promise<Command> {
  const [name] = process.argv.slice(2)
  const root = new Command('mesostate')
    .description('Two-level scheduling: share cpus, memory, gpus and ports fairly between tenants.')
    .version(versionOfPackage(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .enablePositionalOptions()
    .showHelpAfterError('(--help tells more)')
    .exitOverride()
  // Commander copies settings only to the commands that it makes itself.
  for (const command of await loadCommands(name)) {
    root.addCommand(command.copyInheritedSettings(root))
  }
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
    const root = await program()
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
