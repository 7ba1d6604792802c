/** What somebody sent cannot be read: it is answered with 400 and this sentence. */
export class WireError extends Error {
  override readonly name: string = 'WireError'
  readonly status = 400
}

/**
 * What somebody sent can be read but means nothing legal, or nothing that is done here. Where
 * Mesos answers that with a status of the task or operation, it becomes their `problem`; anywhere
 * else it is a WireError like any other.
 */
export class WireProblem extends WireError {
  override readonly name: string = 'WireProblem'
}

/** A resource that no Mesos takes: of a launch that names it anywhere, no task is launched. */
export class MalformedResource extends WireProblem {
  override readonly name = 'MalformedResource'
}
