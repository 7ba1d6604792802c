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
  if (path === undefined || canBeMade(path)) return
  throw new InvalidInputError(`workDir: no folder can be made at ${path}; give another path`)
}

function canBeMade(path: string): boolean {
  try {
    mkdirSync(path)
    rmdirSync(path)
    return true
  } catch (error) {
    // Where the folder above is gone again, somebody else has tried it at the same time.
    return codeOf(error) !== 'ENOENT' || !existsSync(dirname(path))
  }
}

/** The folder that has to be made first; nothing when it is there. */
function highestToMake(path: string): string | undefined {
  if (existsSync(path)) return undefined
  return highestToMake(dirname(path)) ?? path
}
