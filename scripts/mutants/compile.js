import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { MutantError, mutate } from './mutate.js'

/**
 * Compiles what each mutant changes, all at once and alone: the rest of the tree stays as it was
 * built. Returns for each mutant by name which module is loaded from which file instead.
 * @param {URL} root of the project
 * @param {string} folder an empty one
 * @param {readonly { name: string, edits: { file: string, from: string, to: string }[] }[]} mutants
 * @returns {Map<string, { module: string, file: string, source: string }[]>}
 */
export function compile(root, folder, mutants) {
  const replaced = new Map()
  const files = []
  for (const [mutant, texts] of mutated(root, mutants)) {
    const changes = [...texts].map(([path, text]) => {
      const source = join(folder, 'sources', mutant.name, path)
      mkdirSync(dirname(source), { recursive: true })
      writeFileSync(source, text)
      files.push(source)
      const built = path.replace(/\.ts$/, '.js')
      return {
        module: new URL(built.replace(/^src\//, 'dist/'), root).href,
        file: pathToFileURL(join(folder, 'built', mutant.name, built)).href,
        original: fileURLToPath(new URL(path, root)),
        source,
      }
    })
    replaced.set(mutant.name, changes)
  }
  if (files.length > 0) emit(root, folder, files)
  return replaced
}

/** Says everything that has rotted at once. */
function mutated(root, mutants) {
  const rotten = []
  const texts = new Map()
  for (const mutant of mutants) {
    try {
      texts.set(mutant, mutate(root, mutant))
    } catch (error) {
      if (!(error instanceof MutantError)) throw error
      rotten.push(error.message)
    }
  }
  if (rotten.length > 0) throw new MutantError(rotten.join('\n'))
  return texts
}

/** Types are not checked: a mutant need not be right in any way. */
function emit(root, folder, files) {
  const configuration = join(folder, 'tsconfig.json')
  const compilerOptions = {
    rootDir: join(folder, 'sources'),
    outDir: join(folder, 'built'),
    noCheck: true,
    noResolve: true,
    types: [],
  }
  const extended = fileURLToPath(new URL('tsconfig.json', root))
  const project = { extends: extended, compilerOptions, files, include: [] }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  writeFileSync(configuration, JSON.stringify(project))
  const compiler = fileURLToPath(new URL('node_modules/typescript/bin/tsc', root))
  execFileSync(process.execPath, [compiler, '-p', configuration], { stdio: 'pipe' })
}
