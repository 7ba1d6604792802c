import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommanderError } from 'commander'
import { afterAll, vi } from 'vitest'
import { loadCommands } from '../../src/cli/commands.ts'
import { UsageError } from '../../src/cli/usage.ts'
import { InvalidInputError } from '../../src/model/errors.ts'

export { isAlive, lineIn, linuxOnly, until } from '../executors/harness.ts'

const binary = fileURLToPath(new URL('../../dist/bin/mesostate.js', import.meta.url))

/** Each test starts programs, several tests at a time; slow machines need their time for that. */
vi.setConfig({ testTimeout: 30_000 })

const children = new Set<ChildProcess>()
const folders = new Set<string>()

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

export interface Ended {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

export interface StartOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** No file that it writes may be larger than so many blocks of 512 bytes: a disk that is full. */
  readonly fileBlocksMax?: number
}

/** Starts the built command line as people do: as a process of its own. */
export function start(args: readonly string[], options: StartOptions = {}): Started {
  const { cwd, env, fileBlocksMax = 'unlimited' } = options
  if (!existsSync(binary)) throw new Error('the command line is not built: run `npm run build`')
  const limited = ['-c', `ulimit -f ${fileBlocksMax}; exec "$@"`, 'sh', process.execPath, binary]
  const child = spawn('sh', [...limited, ...args], {
    cwd,
    env: { ...process.env, FORCE_COLOR: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  const output: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] }
  child.stdout?.on('data', (bytes: Buffer) => output.stdout.push(bytes))
  child.stderr?.on('data', (bytes: Buffer) => output.stderr.push(bytes))
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (exitCode, signal) => {
      const stdout = Buffer.concat(output.stdout).toString()
      const stderr = Buffer.concat(output.stderr).toString()
      resolve({ exitCode, signal, stdout, stderr })
    })
  })
  return { child, ended }
}

/** Runs the command line to its end. */
export function mesostate(args: readonly string[], options?: StartOptions): Promise<Ended> {
  return start(args, options).ended
}

/**
 * What is said of words that are not taken, without a process of its own for each. That it is said
 * on stderr, with exit code 2, is shown by those that have one.
 */
export async function refusal([name = '', ...args]: readonly string[]): Promise<string> {
  const command = (await loadCommands(name)).find((one) => one.name() === name)
  let said = ''
  command?.exitOverride().configureOutput({
    writeErr: (text) => {
      said += text
    },
  })
  try {
    await command?.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return said
    if (error instanceof UsageError || error instanceof InvalidInputError) return error.message
    throw error
  }
  throw new Error(`${name} ${args.join(' ')} was taken`)
}

/** A folder that a test has for itself. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mesostate-cli-'))
  folders.add(folder)
  return folder
}

/** A job file in a folder of its own. */
export function jobFile(text: string, name = 'jobs.yaml'): { folder: string; file: string } {
  const folder = temporaryFolder()
  const file = join(folder, name)
  writeFileSync(file, text)
  return { folder, file }
}
