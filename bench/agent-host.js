/** An agent process that tells when it was loaded, and when all its tasks are taken up. */
const [master, token, workDir, count] = process.argv.slice(2)
const { startAgent } = await import('../dist/cluster/processes/agent.js')
await import('../dist/storage/open.js')
const loadedAtMs = Date.now()
let started = 0
let allStarted
const taken = new Promise((resolve) => {
  allStarted = resolve
})
await startAgent({
  master,
  token,
  workDir,
  agent: { name: 'a', cpus: 4, mem: 1_024 },
  inspect: ({ type, event }) => {
    if (type !== '@xstate.event' || event.type !== 'run.started') return
    started += event.runs.length
    if (started === Number(count)) allStarted()
  },
})
await taken
process.send({ loadedAtMs, readyAtMs: Date.now() })
