import { existsSync, mkdirSync, rmdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { codeOf } from '../executors/sentences.ts'
import { InvalidInputError } from '../model/errors.ts'

/**
 * Throws InvalidInputError for what is no path, or leads where folders cannot be, as below /proc:
 * Node, told to make the ones above it too, would try for ever. All other trouble is that of
 * whoever makes it.
 */
export function checkWorkDir(workDir: string | undefined): void {
  if (workDir === undefined) return
  if (typeof workDir !== 'string') throw new InvalidInputError('workDir: give the path of a folder')
  const path = highestToMake(resolve(workDir))
  try {
    if (path === undefined) return
    mkdirSync(path)
    rmdirSync(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') return
    throw new InvalidInputError(`workDir: no folder can be made at ${path}; give another path`)
  }
}

/** The folder that has to be made first; nothing when it is there. */
function highestToMake(path: string): string | undefined {
  if (existsSync(path)) return undefined
  return highestToMake(dirname(path)) ?? path
}
