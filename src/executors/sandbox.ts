import { closeSync, constants, mkdirSync, openSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nanoid } from 'nanoid'
import { runsFolder } from './run-records.ts'
import { codeOf } from './sentences.ts'
import { volumesFolder } from './volumes.ts'

/** Open files to hand to the process of a task; `closeOutput` after that. */
export interface Output {
  readonly stdout: number
  readonly stderr: number
}

/** What processes write, in the sandbox. */
export const outputFiles = ['stdout', 'stderr'] as const

/** A link in the place of such a file may lead anywhere, and this process may write there. */
const appending =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0)

/** The folder among the sandboxes in which agents keep what their next life is to know. */
export const memoriesFolder = 'agents'

/** Longest name of a folder in bytes on the file systems in use (NAME_MAX). */
const nameBytesMax = 255

/** Opens the files `stdout` and `stderr` of a sandbox; throws what the file system throws. */
export function openOutput(sandbox: string): Output {
  const stdout = openSync(join(sandbox, 'stdout'), appending)
  try {
    return { stdout, stderr: openSync(join(sandbox, 'stderr'), appending) }
  } catch (error) {
    closeSync(stdout)
    throw error
  }
}

/** Gives back the files: the process has its own handles of them. */
export function closeOutput({ stdout, stderr }: Output): void {
  closeSync(stdout)
  closeSync(stderr)
}

/** Leaves behind how the process ended: its exit code or the name of the signal, and a newline. */
export function writeExitStatus(path: string, status: string): void {
  const file = join(path, 'exit-status')
  const write = (): void => writeFileSync(file, `${status}\n`, { flag: 'wx' })
  try {
    try {
      write()
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      // What a task has put there may be a link to what only this process may write.
      unlinkSync(file)
      write()
    }
  } catch {
    // The task may have removed its own folder; its status is reported all the same.
  }
}

/**
 * Makes a fresh folder under `root`, with the name of the task; when a task of that name ran
 * before, an ending makes it unique. Throws what the file system throws.
 */
export function makeSandbox(root: string, taskId: string): string {
  const name = legalName(taskId)
  // Some file systems do not tell capitals from small letters.
  const isTaken = [volumesFolder, runsFolder, memoriesFolder].includes(name.toLowerCase())
  const first = isTaken ? undefined : tryToMake(root, fitting(name, ''))
  if (first !== undefined) return first
  for (;;) {
    const next = tryToMake(root, fitting(name, `.${nanoid(10)}`))
    if (next !== undefined) return next
  }
}

function tryToMake(root: string, name: string): string | undefined {
  const path = join(root, name)
  try {
    mkdirSync(path)
    return path
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined
    if (codeOf(error) !== 'ENOENT') throw error
  }
  mkdirSync(root, { recursive: true })
  mkdirSync(path)
  return path
}

function legalName(taskId: string): string {
  return process.platform === 'win32' ? taskId.replace(/[<>:"|?*]|[. ]$/g, '_') : taskId
}

/** The name with its ending, cut at a whole character when it would be too long in bytes. */
function fitting(name: string, ending: string): string {
  const bytesMax = nameBytesMax - ending.length
  if (Buffer.byteLength(name) <= bytesMax) return name + ending
  let kept = ''
  let bytes = 0
  for (const character of name) {
    bytes += Buffer.byteLength(character)
    if (bytes > bytesMax) break
    kept += character
  }
  return kept + ending
}
