import { fork } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const server = fileURLToPath(new URL('./server.js', import.meta.url))
/** Of what a process says before it dies, so much is shown. */
const lastWordsMax = 2_000

/**
 * A cluster in a process of its own. When that dies, everything that is asked says so.
 *
 * @returns {Promise<import('./cluster.js').Cluster & { kill: () => void }>}
 */
export async function remoteCluster() {
  const child = fork(server, [], { execArgv: ['--expose-gc'], stdio: ['ignore', 2, 'pipe', 'ipc'] })
  let lastWords = ''
  child.stderr.on('data', (chunk) => {
    lastWords = `${lastWords}${chunk}`.slice(-lastWordsMax)
  })
  const asked = new Map()
  let death
  const { port, folder } = await new Promise((resolve, reject) => {
    child.on('exit', (code, signal) => {
      death = `the process ended with ${signal ?? `code ${code}`}: ${lastWords.trim()}`
      reject(new Error(death))
      // Its connections end before this is known: what that means is asked in the meantime.
      for (const { failed } of asked.values()) failed(new Error(death))
    })
    child.on('message', (message) => {
      if ('port' in message) return resolve(message)
      asked.get(message.number).answered(message.answer)
      asked.delete(message.number)
    })
  })
  let number = 0
  const ask = (method, ...parameters) =>
    new Promise((answered, failed) => {
      if (death !== undefined) return failed(new Error(death))
      asked.set(++number, { answered, failed })
      child.send({ number, method, parameters }, (error) => error && failed(error))
    })
  return {
    port,
    folder,
    agentPorts: () => ask('agentPorts'),
    problems: (sessionsMax) => ask('problems', sessionsMax),
    atRest: () => ask('atRest'),
    heapMb: () => ask('heapMb'),
    close: () => ask('close'),
    kill: () => {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
