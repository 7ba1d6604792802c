import { execFile } from 'node:child_process'
import { chmodSync, createWriteStream, mkdirSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { relative } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { codeOf, messageOf } from './sentences.ts'
import type { ProcessUser } from './users.ts'

/** Where files are put, and as whom, if not as the user of this process. */
export interface FetchPlace {
  readonly sandbox: string
  readonly user?: ProcessUser | undefined
}

/** What puts files into a sandbox. */
export interface Hands {
  makeFolder(path: string): Promise<void>
  copy(from: string, to: string): Promise<void>
  write(content: Readable, path: string): Promise<void>
  allowExecution(path: string): Promise<void>
  /** Runs a program in a folder, with this input, if any. */
  run(program: string, list: readonly string[], folder: string, input?: Readable): Promise<void>
}

/**
 * For a user that is not the one of this process all is done by programs that run as that user
 * (Mesos: launcher/fetcher.cpp does so, too): it may read and overwrite only what that user may,
 * whatever links are on the way.
 */
export function handsOf({ sandbox, user }: FetchPlace, signal: AbortSignal): Hands {
  const run = runner(user, signal)
  if (user !== undefined) return handsOfPrograms(run, sandbox)
  return {
    makeFolder: async (path) => void mkdirSync(path, { recursive: true }),
    copy: copyFile,
    write: (content, path) => pipeline(content, createWriteStream(path), { signal }),
    allowExecution: async (path) => chmodSync(path, 0o755),
    run,
  }
}

/** They begin in the sandbox, because that user may not be let through the folders above it. */
function handsOfPrograms(run: Hands['run'], sandbox: string): Hands {
  const at = (path: string): string => `./${relative(sandbox, path)}`
  const save = 'cat > "$1"'
  return {
    makeFolder: (path) => run('mkdir', ['-p', at(path)], sandbox),
    copy: (from, to) => run('cp', ['--', from, at(to)], sandbox),
    write: (content, path) => run('/bin/sh', ['-c', save, 'sh', at(path)], sandbox, content),
    allowExecution: (path) => run('chmod', ['755', at(path)], sandbox),
    run,
  }
}

function runner(user: ProcessUser | undefined, signal: AbortSignal): Hands['run'] {
  return async (program, list, folder, input) => {
    let whenFed = Promise.resolve()
    await new Promise<void>((resolve, reject) => {
      const options = { cwd: folder, signal, ...user }
      const { stdin } = execFile(program, list, options, (error, _stdout, stderr) => {
        if (error === null) resolve()
        else if (codeOf(error) === 'ENOENT') reject(new Error(`${program} is not on this machine`))
        else reject(new Error(stderr.trim() || messageOf(error)))
      })
      // A program that ends early says more plainly why than the pipe that it leaves.
      if (input !== undefined && stdin !== null) {
        whenFed = pipeline(input, stdin, { signal })
        whenFed.catch(() => stdin.destroy())
      }
    })
    await whenFed
  }
}
