import type { OperatorRequest } from '../messages/index.ts'
import { hostnames, type QuotaOptions, quotaInfos } from './sharing.ts'

/** What an operator says about how the pool is shared. */
export abstract class Settings {
  /** Resolves to the master's answer. */
  protected abstract ask(request: OperatorRequest): Promise<void>

  /**
   * How much roles count from now on. Resolves when it does; rejects with InvalidInputError, and
   * nothing has changed, when a weight is not above zero.
   */
  updateWeights(weights: Readonly<Record<string, number>>): Promise<void> {
    return this.ask({ type: 'allocation.updateWeights', weights: { ...weights } })
  }

  /** Which roles come first from now on, under the policies that know priorities. */
  updatePriorities(priorities: Readonly<Record<string, number>>): Promise<void> {
    return this.ask({
      type: 'allocation.updatePriorities',
      priorities: { ...priorities },
    })
  }

  /**
   * What roles are promised and may have at most from now on; an empty quota takes the old one
   * away. Rejects with InvalidInputError, and nothing has changed, when a quota cannot be, or when
   * the cluster as it stands cannot keep it, unless it is forced.
   */
  async updateQuotas(
    quotas: Readonly<Record<string, QuotaOptions>>,
    options: { readonly force?: boolean } = {},
  ): Promise<void> {
    return this.ask({
      type: 'allocation.updateQuotas',
      quotas: quotaInfos(quotas),
      ...(options.force !== undefined && { force: options.force }),
    })
  }

  /** Only agents of these names are offered from now on; all are when nothing is given. */
  async updateWhitelist(agents?: readonly string[]): Promise<void> {
    const names = agents !== undefined && { hostnames: hostnames(agents) }
    return this.ask({ type: 'allocation.updateWhitelist', ...names })
  }
}
