import type { Volumes } from '../actors/ports.ts'
import type { Resources } from '../messages/index.ts'
import { makeSandbox } from './sandbox.ts'
import { messageOf } from './sentences.ts'
import { giveSandbox, type ProcessUser } from './users.ts'
import { linkVolumes } from './volumes.ts'

/** Where a task runs, and as whom, if not as the user of this process. */
export interface Place {
  readonly sandbox: string
  readonly user: ProcessUser | undefined
}

/** Why a task has no place, as a sentence, and how far that had come. */
export interface NoPlace {
  readonly problem: string
  readonly sandbox: string | undefined
}

export interface PlaceParts {
  readonly root: string
  readonly taskId: string
  readonly resources: Resources
  readonly volumes: Volumes | undefined
  /** Throws when there is no such user. */
  readonly findUser: () => ProcessUser | undefined
}

/** Makes the folder of a task, with the volumes that it has, for its user. */
export function preparePlace(parts: PlaceParts): Place | NoPlace {
  const { root, taskId, resources, volumes, findUser } = parts
  let doing = 'it cannot run as whom it asks for'
  let sandbox: string | undefined
  try {
    const user = findUser()
    doing = 'the sandbox could not be made'
    sandbox = makeSandbox(root, taskId)
    doing = 'its volumes could not be linked'
    linkVolumes(sandbox, resources, volumes, user)
    doing = 'the sandbox could not be given to its user'
    if (user !== undefined) giveSandbox(sandbox, user)
    return { sandbox, user }
  } catch (error) {
    return { problem: `${doing}: ${messageOf(error)}`, sandbox }
  }
}
