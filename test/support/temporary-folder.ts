import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Gives the whole run a temporary folder of its own, with every sandbox in it, and removes it. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'mesostate-tests-'))
  process.env.TMPDIR = folder
  process.env.XDG_RUNTIME_DIR = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
