/**
 * A pool of resources inside one process, shared fairly between two tenants: commands, a module in
 * a worker thread, a function, and resources that are merely held.
 *   node examples/embed.mjs
 */
import { createCluster } from 'mesostate'

const cluster = await createCluster({ agents: [{ cpus: 4, mem: 4096, gpus: 1 }] })

const reports = cluster.jobs('reports', { weight: 2 })
const web = cluster.jobs('web')

// A real process.
const task = reports.submit({ command: 'echo 42 pages; exit 0', cpus: 1, mem: 512 })
for await (const status of task.updates) console.log(task.id, status.state)
const { exitCode, sandbox } = await task.done
console.log(`exit code ${exitCode}; its output is in ${sandbox ? 'a sandbox' : 'no sandbox'}`)

// A module in a worker thread, and what it returns.
const route = await reports.run(
  new URL('./modules/shortest-route.js', import.meta.url),
  { cpus: 1, mem: 128 },
  { ports: { Genoa: [0, 0], Tunis: [1, -7], Valletta: [6, -8] } },
)
console.log(`the shortest route is ${route.route.join(', ')}`)

// A function in this process, under the same accounting. Eight at half a cpu: never more than fit.
const squares = await Promise.all(
  [1, 2, 3, 4, 5, 6, 7, 8].map((n) => web.call(() => n * n, { cpus: 0.5 })),
)
console.log(`squares: ${squares.join(' ')}`)

// A semaphore over several resources at once.
const lease = await web.acquire({ gpus: 1, mem: 1024 })
console.log('holding', lease.resources)
lease.release()

await cluster.close()
