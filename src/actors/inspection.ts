import type { AnyActor, InspectionEvent, Observer, Subscription } from 'xstate'

export type Inspector = Observer<InspectionEvent> | ((event: InspectionEvent) => void)

/**
 * Standard XState inspection of all hosted actors. An observer may come at any time: the actors
 * that live already are replayed to it. While nobody watches it costs nothing.
 */
export class Inspection {
  readonly #actors = new Set<AnyActor>()
  readonly #watchers = new Map<(event: InspectionEvent) => void, Map<AnyActor, Subscription>>()

  /** Shows everything to the inspector until the returned function is called. */
  inspect(inspector: Inspector): () => void {
    const observe =
      typeof inspector === 'function'
        ? inspector
        : (event: InspectionEvent) => inspector.next?.(event)
    const watcher = (event: InspectionEvent): void => show(observe, event)
    this.#watchers.set(watcher, new Map())
    for (const actor of this.#actors) this.#attach(watcher, actor)
    return () => {
      for (const subscription of this.#watchers.get(watcher)?.values() ?? []) {
        subscription.unsubscribe()
      }
      this.#watchers.delete(watcher)
    }
  }

  add(actor: AnyActor): void {
    this.#actors.add(actor)
    for (const watcher of this.#watchers.keys()) this.#attach(watcher, actor)
  }

  /** A final look at an actor that ended; its subscriptions go with it. */
  remove(actor: AnyActor): void {
    this.#actors.delete(actor)
    for (const [watcher, subscriptions] of this.#watchers) {
      subscriptions.get(actor)?.unsubscribe()
      subscriptions.delete(actor)
      watcher(snapshotOf(actor, 'xstate.stop'))
    }
  }

  #attach(watcher: (event: InspectionEvent) => void, actor: AnyActor): void {
    watcher({ type: '@xstate.actor', actorRef: actor, rootId: actor.sessionId })
    watcher(snapshotOf(actor, 'xstate.init'))
    this.#watchers.get(watcher)?.set(actor, actor.system.inspect(watcher))
  }
}

/** How an actor stands, as XState tells it. */
function snapshotOf(actor: AnyActor, cause: string): InspectionEvent {
  return {
    type: '@xstate.snapshot',
    actorRef: actor,
    rootId: actor.sessionId,
    snapshot: actor.getSnapshot(),
    event: { type: cause },
  }
}

/** What an inspector throws is its own business: it surfaces, but no actor crashes over it. */
function show(observe: (event: InspectionEvent) => void, event: InspectionEvent): void {
  try {
    observe(event)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
