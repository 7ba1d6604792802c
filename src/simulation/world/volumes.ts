import type { Volumes } from '../../actors/ports.ts'

/** Folders that nobody looks into: they are there as soon as they are asked for. */
export const imaginaryVolumes: Volumes = {
  create: () => {},
  destroy: async () => {},
  pathOf: ({ role, id }) => `${role}/${id}`,
}
