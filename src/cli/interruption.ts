import { constants } from 'node:os'
import { exitCodes } from './usage.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface Interruption {
  /** The first signal that came, if one did. */
  readonly signal: NodeJS.Signals | undefined
  [Symbol.dispose](): void
}

/**
 * Listens for the signals that people and systems end programs with, until disposed. `interrupted`
 * hears each, with how many there were so far: the first asks, the second insists.
 */
export function listenForInterruption(
  interrupted: (signal: NodeJS.Signals, times: number) => void,
): Interruption {
  let first: NodeJS.Signals | undefined
  let times = 0
  const hear = (signal: NodeJS.Signals) => {
    first ??= signal
    interrupted(signal, ++times)
  }
  for (const signal of signals) process.on(signal, hear)
  return {
    get signal() {
      return first
    },
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, hear)
    },
  }
}

/** The exit code of something that a signal ended, as shells count it. */
export function exitCodeOfSignal(signal: string): number {
  const number = Object.entries(constants.signals).find(([name]) => name === signal)?.[1] ?? 0
  return exitCodes.signalled + number
}
