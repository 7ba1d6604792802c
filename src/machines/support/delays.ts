import { type DelayName, defaultTimeouts, pingSlices, type Timeouts } from '../../model/timeouts.ts'

type Named = { readonly [Name in DelayName]: (args: Args) => number }
interface Args {
  readonly context: { readonly book: { readonly timeouts: Timeouts } }
}

/** Every timeout as a named delay that reads its length from the book of the role. */
export const delays: Named & { readonly pingSliceMs: (args: Args) => number } = {
  allocationDelayMs: ({ context }) => context.book.timeouts.allocationDelayMs,
  allocationIntervalMs: ({ context }) => context.book.timeouts.allocationIntervalMs,
  offerTimeoutMs: ({ context }) => context.book.timeouts.offerTimeoutMs,
  heartbeatIntervalMs: ({ context }) => context.book.timeouts.heartbeatIntervalMs,
  masterSilenceMs: ({ context }) => context.book.timeouts.masterSilenceMs,
  pingIntervalMs: ({ context }) => context.book.timeouts.pingIntervalMs,
  pingSilenceMs: ({ context }) => context.book.timeouts.pingSilenceMs,
  pingSliceMs: ({ context }) => context.book.timeouts.pingIntervalMs / pingSlices,
  agentReregistrationTimeoutMs: ({ context }) => context.book.timeouts.agentReregistrationTimeoutMs,
  registrationBackoffMs: ({ context }) => context.book.timeouts.registrationBackoffMs,
  registrationBackoffMaxMs: ({ context }) => context.book.timeouts.registrationBackoffMaxMs,
  executorRegistrationTimeoutMs: ({ context }) =>
    context.book.timeouts.executorRegistrationTimeoutMs,
  executorReregistrationTimeoutMs: ({ context }) =>
    context.book.timeouts.executorReregistrationTimeoutMs,
  executorShutdownGraceMs: ({ context }) => context.book.timeouts.executorShutdownGraceMs,
  killGraceMs: ({ context }) => context.book.timeouts.killGraceMs,
  updateRetryMinMs: ({ context }) => context.book.timeouts.updateRetryMinMs,
  updateRetryMaxMs: ({ context }) => context.book.timeouts.updateRetryMaxMs,
  latestStateDelayMs: ({ context }) => context.book.timeouts.latestStateDelayMs,
  reconciliationRetryMinMs: ({ context }) => context.book.timeouts.reconciliationRetryMinMs,
  reconciliationRetryMaxMs: ({ context }) => context.book.timeouts.reconciliationRetryMaxMs,
  reconciliationIntervalMs: ({ context }) => context.book.timeouts.reconciliationIntervalMs,
}

/** Timeouts with some of them changed. */
export function timeoutsWith(changes: Partial<Timeouts> | undefined): Timeouts {
  return { ...defaultTimeouts, ...changes }
}
