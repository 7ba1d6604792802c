/**
 * How an inspector looks into the statecharts. `cluster.inspect` speaks XState's standard
 * inspection protocol, so `@statelyai/inspect` plugs in as it is. This example hands its events to
 * an adapter that counts them, and so needs neither a browser nor a network.
 *
 * To see the charts in a browser, put these two lines in place of `createInspector`:
 *   createInspectorServer({ port: 8080 })      // from '@statelyai/inspect/server'
 *   const inspector = createWebSocketInspector({ url: 'ws://localhost:8080' })
 *
 *   node examples/inspect.mjs
 */
import { createInspector } from '@statelyai/inspect'
import { createCluster } from 'mesostate'

const actors = new Map()
const inspector = createInspector({
  send(event) {
    const known = actors.get(event.sessionId) ?? { name: event.sessionId, events: 0, states: [] }
    actors.set(event.sessionId, known)
    if (event.type === '@xstate.actor') known.name = event.name
    if (event.type === '@xstate.event') known.events++
    if (event.type === '@xstate.snapshot') {
      const state = stateText(event.snapshot.value)
      if (state !== known.states.at(-1)) known.states.push(state)
    }
  },
})

const cluster = await createCluster({ agents: [{ cpus: 2, mem: 512 }] })
// Late is early enough: actors that live already are shown first.
const stopInspecting = cluster.inspect(inspector.inspect)

const jobs = cluster.jobs('jobs')
await jobs.submit({ command: 'echo inspected' }).done
await cluster.close()
stopInspecting()

// The inspector sends each event a moment later; one turn of the timers lets it finish.
await new Promise((resolve) => setTimeout(resolve, 50))
for (const { name, events, states } of actors.values()) {
  console.log(`${name}: ${events} events, states ${states.join(' → ')}`)
}
inspector.stop()

/** A state by its name; in a chart with several regions, all of theirs. */
function stateText(value) {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
