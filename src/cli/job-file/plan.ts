import type { AgentSpec, FrameworkOptions } from '../../cluster/options.ts'
import type { SharingOptions } from '../../cluster/sharing.ts'
import type { CommandJob, ModuleOptions } from '../../frameworks/jobs/requests.ts'

/** What a job file asks for, checked and in the words of the API. */
export interface Plan {
  readonly file: string
  readonly sharing: PlannedSharing
  /** Absent: this machine. */
  readonly agents?: readonly AgentSpec[]
  readonly frameworks: readonly PlannedFramework[]
}

/** How the pool is shared; the policy by its name. */
export interface PlannedSharing extends Pick<SharingOptions, 'weights' | 'priorities' | 'quotas'> {
  readonly policy?: string
}

export interface PlannedFramework extends FrameworkOptions {
  readonly jobs: readonly PlannedJob[]
}

export interface ModuleJob {
  readonly module: URL
  readonly input: unknown
  readonly options: ModuleOptions
}

/** One job of the file, to be handed in `count` times. */
export type PlannedJob = {
  readonly count: number
} & ({ readonly command: CommandJob } | { readonly module: ModuleJob })
