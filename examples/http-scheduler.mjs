/**
 * A scheduler whose master answers over HTTP, in the language of Mesos v1. With the place of a
 * master it goes there; without one it starts its own, with an agent, in this process.
 *   node examples/http-scheduler.mjs [http://host:port]
 */
import { createServer, describeResources, isTerminal } from 'mesostate'
import { connectScheduler } from 'mesostate/http'

const [given] = process.argv.slice(2)
const server =
  given === undefined
    ? await createServer({ port: 0, agents: [{ name: 'north', cpus: 2, mem: 1024 }] })
    : undefined

const waiting = ['a', 'b', 'c'].map((name) => ({
  id: `greet-${name}-${process.pid}`,
  command: `echo hello ${name}`,
  cpus: 0.5,
  mem: 64,
}))
let running = 0

// In an embedded cluster the same scheduler begins with `cluster.framework(`.
const greeter = connectScheduler(
  given ?? server.place,
  {
    name: 'greeter',
    role: 'eng',
    onLink: (news) => console.log(news.type === 'open' ? 'subscribed' : `away: ${news.reason}`),
  },
  {
    offers(offers, reply) {
      for (const offer of offers) {
        const next = waiting.splice(0, 2)
        if (next.length === 0) {
          reply.decline(offer, { refuseSeconds: 60 })
          continue
        }
        console.log(`launches ${next.length} tasks on ${describeResources(offer.resources)}`)
        running += next.length
        reply.launch(offer, next, { refuseSeconds: 0 })
      }
    },
    update(status, reply) {
      if (!isTerminal(status.state)) return
      console.log(status.taskId.replace(/-\d+$/, ''), status.state)
      running--
      if (running === 0 && waiting.length === 0) reply.stop()
    },
  },
)

const error = await greeter.ended
console.log(error === undefined ? 'all have been greeted' : error.message)
await server?.close()
