import { isPlain, parseKind } from './kinds.ts'

/** What names a volume on its agent. */
export interface VolumeId {
  /** The role that its disk is reserved for. */
  readonly role: string
  readonly id: string
}

/** A volume among resources. */
export interface MountedVolume extends VolumeId {
  readonly key: string
  /** Where tasks see it, relative to their sandbox. */
  readonly containerPath: string
}

/** The volumes among these resources. */
export function volumesIn(resources: Readonly<Record<string, unknown>>): MountedVolume[] {
  const volumes: MountedVolume[] = []
  for (const key in resources) {
    if (isPlain(key) || !key.includes('[')) continue
    const kind = parseKind(key)
    const role = kind?.reservations.at(-1)?.role
    if (kind?.volume === undefined || role === undefined) continue
    volumes.push({ key, role, ...kind.volume })
  }
  return volumes
}

/** Whether two volumes have the same name on their agent. */
export function isSameVolume(left: VolumeId, right: VolumeId): boolean {
  return left.id === right.id && left.role === right.role
}
