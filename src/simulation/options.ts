import { InvalidInputError } from '../model/errors.ts'
import { checkKeys } from '../model/resources/amounts.ts'
import { faultsNamed } from './world/faults.ts'

/** What a run is made from; the same options always make the same run. */
export interface SimulationOptions {
  /** A whole number from 0. Default 1. */
  readonly seed?: number
  /** Default 3. */
  readonly agents?: number
  /** Default 3. */
  readonly frameworks?: number
  /** Jobs of all frameworks together. Default 20. */
  readonly tasks?: number
  /** `none`, `light`, `heavy`, or kinds such as `loss,delay`. Default `light`. */
  readonly faults?: string
  /** How long faults happen, in milliseconds of virtual time. Default 120,000. */
  readonly safetyMs?: number
  /** How long a scheduler thinks about offers and hears nothing: virtual ms; default 0. */
  readonly schedulerComputeMs?: number
}

export type CompleteOptions = Required<SimulationOptions>

export const defaultOptions: CompleteOptions = {
  seed: 1,
  agents: 3,
  frameworks: 3,
  tasks: 20,
  faults: 'light',
  safetyMs: 120_000,
  schedulerComputeMs: 0,
}

const least: Readonly<Record<string, number>> = {
  seed: 0,
  agents: 1,
  frameworks: 1,
  tasks: 0,
  safetyMs: 1,
  schedulerComputeMs: 0,
}

/** All options, those that were not given by default. Throws InvalidInputError for a bad one. */
export function completeOptions(options: SimulationOptions): CompleteOptions {
  checkKeys('the simulation', options, Object.keys(defaultOptions))
  const complete = { ...defaultOptions, ...options }
  faultsNamed(complete.faults)
  for (const [name, value] of Object.entries(complete)) {
    const from = least[name]
    if (from === undefined || (Number.isSafeInteger(value) && Number(value) >= from)) continue
    throw new InvalidInputError(`${name} is ${value}; give a whole number from ${from}`)
  }
  return complete
}
