import { basename, dirname, isAbsolute, join, normalize } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { CommandInfo } from '../messages/index.ts'
import { type FetchPlace, type Hands, handsOf } from './fetch-hands.ts'
import { messageOf } from './sentences.ts'

/** A file that a command wants in its sandbox before it begins (Mesos: CommandInfo.URI). */
export interface WantedFile {
  readonly value: string
  /** May be executed; it is not unpacked then. */
  readonly executable: boolean
  /** Unpacked, if it is an archive of a known kind. */
  readonly extract: boolean
  /** Where it is put; by default under its own name. */
  readonly outputFile?: string
}

/** The files that a command wants, as it says in Mesos' words. */
export function filesFor({ carried }: CommandInfo): WantedFile[] {
  const list = carried?.uris
  if (!Array.isArray(list)) return []
  return list.flatMap((uri: unknown) => {
    if (!isObject(uri) || typeof uri.value !== 'string') return []
    const { value, executable = false, extract = true, output_file } = uri
    return [
      {
        value,
        executable: executable === true,
        extract: extract !== false,
        ...(typeof output_file === 'string' && { outputFile: output_file }),
      },
    ]
  })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Files that are under way into sandboxes, by whoever waits for them. */
export class Fetches {
  readonly #running = new Map<string, AbortController>()

  /**
   * Puts files into a sandbox, one after the other, then calls back in the same turn in which it
   * is certain that nobody has given them up; or says why they are not there.
   */
  async fetch(
    key: string,
    files: readonly WantedFile[],
    place: FetchPlace,
    done: (problem?: string) => void,
  ): Promise<void> {
    const controller = new AbortController()
    this.#running.set(key, controller)
    let problem: string | undefined
    for (const file of files) {
      problem = await fetched(file, place, controller.signal)
      if (problem !== undefined) break
    }
    this.#running.delete(key)
    done(controller.signal.aborted ? 'it was ended while its files were fetched' : problem)
  }

  abort(key: string): void {
    this.#running.get(key)?.abort()
  }

  abortAll(): void {
    for (const controller of this.#running.values()) controller.abort()
  }
}

async function fetched(
  file: WantedFile,
  place: FetchPlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    await fetchFile(file, place, signal)
    return undefined
  } catch (error) {
    return `${file.value} could not be fetched: ${messageOf(error)}`
  }
}

async function fetchFile(file: WantedFile, place: FetchPlace, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const path = placeOf(file, place.sandbox)
  const hands = handsOf(place, signal)
  await hands.makeFolder(dirname(path))
  if (/^https?:/i.test(file.value)) await hands.write(await download(file.value, signal), path)
  else await hands.copy(localPath(file.value), path)
  if (file.executable) await hands.allowExecution(path)
  else if (file.extract) await unpack(path, hands)
}

function placeOf({ value, outputFile }: WantedFile, sandbox: string): string {
  if (outputFile === undefined) return join(sandbox, nameOf(value))
  const place = normalize(outputFile)
  if (isAbsolute(place) || place === '..' || place.startsWith('../') || place === '.') {
    throw new Error(`its output_file ${outputFile} is not below the sandbox`)
  }
  return join(sandbox, place)
}

function nameOf(value: string): string {
  const path = URL.canParse(value) ? decodeURIComponent(new URL(value).pathname) : value
  const name = basename(path)
  if (name === '' || name === '.' || name === '..') throw new Error('it names no file')
  return name
}

function localPath(value: string): string {
  if (value.startsWith('file:')) return fileURLToPath(value)
  if (isAbsolute(value)) return value
  throw new Error('only files of this machine (by full path or file://) and http(s) are fetched')
}

async function download(url: string, signal: AbortSignal): Promise<Readable> {
  const answer = await fetch(url, { signal })
  if (!answer.ok) throw new Error(`the answer was ${answer.status} ${answer.statusText}`.trim())
  return answer.body === null ? Readable.from([]) : Readable.fromWeb(answer.body)
}

/** By the end of a name, what unpacks such an archive. */
const unpackers: readonly (readonly [RegExp, (path: string) => readonly [string, string[]]])[] = [
  [/\.(?:tar|tar\.gz|tgz|tar\.bz2|tbz2|tar\.xz|txz)$/, (path) => ['tar', ['-xf', path]]],
  [/\.zip$/, (path) => ['unzip', ['-o', '-q', path]]],
  [/\.gz$/, (path) => ['gunzip', ['-k', '-f', path]]],
]

async function unpack(path: string, hands: Hands): Promise<void> {
  const [, command] = unpackers.find(([ending]) => ending.test(path)) ?? []
  if (command === undefined) return
  const [program, list] = command(`./${basename(path)}`)
  await hands.run(program, list, dirname(path))
}
