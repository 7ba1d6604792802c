import { readFile } from 'node:fs/promises'

/** Which module is loaded from which file instead, by URL. */
const replaced = new Map()

/** Called by `register` in play.js, before any module of the project is loaded. */
export function initialize(changes) {
  for (const { module, file } of changes) replaced.set(module, file)
}

export async function load(url, context, next) {
  const file = replaced.get(url)
  if (file === undefined) return next(url, context)
  return { format: 'module', source: await readFile(new URL(file), 'utf8'), shortCircuit: true }
}
