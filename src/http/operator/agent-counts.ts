/** How often agents came and went since the start. */
export class AgentCounts {
  registrations = 0
  reregistrations = 0
  unreachable = 0
  /** Of those, agents that the last master knew and that did not come back to this one. */
  recovered = 0
  /** Agents that left by themselves, or because a successor registered at their place. */
  readonly removed = { unregistered: 0, registered: 0, otherwise: 0 }
  readonly #leaving = new Set<string>()

  /** It has said that it leaves. */
  readonly leaves = (agentId: string): void => {
    this.#leaving.add(agentId)
  }

  /** It is no part of the cluster any more; a machine that is down has taken its agents along. */
  remove(agentId: string, isDown: boolean): void {
    if (this.#leaving.delete(agentId)) this.removed.unregistered++
    else if (isDown) this.removed.otherwise++
    else this.removed.registered++
  }

  /** By the names of Mesos' metrics. */
  get metrics(): Readonly<Record<string, number>> {
    const { unregistered, registered, otherwise } = this.removed
    return {
      'master/slave_registrations': this.registrations,
      'master/slave_reregistrations': this.reregistrations,
      'master/slave_removals': this.unreachable + unregistered + registered + otherwise,
      'master/slave_removals/reason_unhealthy': this.unreachable,
      'master/slave_removals/reason_unregistered': unregistered,
      'master/slave_removals/reason_registered': registered,
      'master/recovery_slave_removals': this.recovered,
      // What is decided is done in the same turn: nothing waits that could be called off.
      'master/slave_unreachable_scheduled': this.unreachable,
      'master/slave_unreachable_completed': this.unreachable,
      'master/slave_unreachable_canceled': 0,
    }
  }
}
