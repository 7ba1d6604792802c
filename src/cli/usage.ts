/** What the command line was asked for cannot be done; nothing was started. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Exit codes that mean the same for every command. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** What `timeout` and `env` say of themselves, and the shell of its commands. */
  timedOut: 124,
  notStarted: 125,
  notExecutable: 126,
  notFound: 127,
  /** A number that is added to that of the signal that ended it. */
  signalled: 128,
} as const
