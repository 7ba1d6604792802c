/** An agent in a process of its own, to be killed. Plain JavaScript on the built package. */
const [master, workDir, port] = process.argv.slice(2)
const { createAgent } = await import(new URL('../../../dist/index.js', import.meta.url).href)
const agent = await createAgent({
  master,
  workDir,
  token: 'a-token-for-tests',
  timeouts: { registrationBackoffMs: 20, executorReregistrationTimeoutMs: 1_500 },
  http: { port: Number(port) },
  agent: { name: 'a', cpus: 4, mem: 1_024 },
})
process.send?.(agent.endpoint?.port)
process.on('SIGTERM', () => void agent.stop({ graceMs: 0 }))
await agent.ended
process.exit()
