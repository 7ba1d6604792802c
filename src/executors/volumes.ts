import {
  chownSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { nanoid } from 'nanoid'
import type { Volumes } from '../actors/ports.ts'
import type { Resources } from '../messages/index.ts'
import { type VolumeId, volumesIn } from '../model/resources/volumes.ts'
import { messageOf } from './sentences.ts'
import type { ProcessUser } from './users.ts'

/** The folder among the sandboxes that holds the volumes of all agents. */
export const volumesFolder = 'volumes'

/** Encoded roles have no space in them. */
const trashFolder = 'being destroyed'

/** The volumes of one agent: `<root>/<role>/<id>`, each a folder that outlives tasks. */
export class VolumeFolders implements Volumes {
  readonly #root: string
  readonly #onLeftover: (detail: string) => void

  /** `onLeftover` hears of data of destroyed volumes that could not be deleted, and where it is. */
  constructor(root: string, onLeftover: (detail: string) => void = () => {}) {
    this.#root = resolve(root)
    this.#onLeftover = onLeftover
  }

  /** A folder that is there from an earlier run is taken with what is in it, as in Mesos. */
  create(volumes: readonly VolumeId[]): void {
    const made: string[] = []
    try {
      for (const volume of volumes) {
        const path = this.pathOf(volume)
        if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) continue
        mkdirSync(path, { recursive: true })
        made.push(path)
      }
    } catch (error) {
      for (const path of made) rmdirSync(path)
      throw new Error(`the volume could not be made: ${messageOf(error)}`)
    }
  }

  /** Their names are free at once, and their data is gone when it resolves. */
  async destroy(volumes: readonly VolumeId[]): Promise<void> {
    const trash = join(this.#root, trashFolder)
    const moved: { readonly path: string; readonly place: string }[] = []
    try {
      mkdirSync(trash, { recursive: true })
      for (const volume of volumes) {
        const path = this.pathOf(volume)
        if (!existsSync(path)) continue
        const place = join(trash, nanoid())
        renameSync(path, place)
        moved.push({ path, place })
      }
    } catch (error) {
      for (const { path, place } of moved) renameSync(place, path)
      throw new Error(`the volume could not be removed: ${messageOf(error)}`)
    }
    await Promise.all(moved.map(({ place }) => this.#delete(place)))
  }

  async #delete(place: string): Promise<void> {
    try {
      await rm(place, { recursive: true, force: true, maxRetries: 3 })
    } catch (error) {
      this.#onLeftover(`data of a destroyed volume is left in ${place}: ${messageOf(error)}`)
    }
  }

  pathOf({ role, id }: VolumeId): string {
    return join(this.#root, encodeURIComponent(role), id)
  }
}

/**
 * Lets a task see its volumes in its sandbox. Their paths were checked to stay inside and out of
 * each other's way; the sandbox is fresh, so no link of somebody else is on the way. Throws when
 * that is impossible. Data belongs to the user of the latest task that has it, as in Mesos.
 */
export function linkVolumes(
  sandbox: string,
  resources: Resources,
  volumes: Volumes | undefined,
  user?: ProcessUser,
): void {
  for (const volume of volumesIn(resources)) {
    const { id, containerPath } = volume
    const folder = volumes?.pathOf(volume)
    if (folder === undefined || !existsSync(folder)) throw new Error(`there is no volume ${id}`)
    if (user !== undefined) chownSync(folder, user.uid, user.gid)
    const link = join(sandbox, containerPath)
    mkdirSync(dirname(link), { recursive: true })
    // A junction needs no privilege on Windows; elsewhere the word means nothing.
    symlinkSync(folder, link, 'junction')
  }
}
