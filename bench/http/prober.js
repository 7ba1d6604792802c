import { Agent, get } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

/**
 * Asks for /health without a pause to speak of, from a thread with nothing else to do: how late
 * the answers are says how long the event loop of the server was held up.
 */

const agent = new Agent({ keepAlive: true, maxSockets: 1 })
let isAsking = false
let waits = []

function ask() {
  const began = performance.now()
  return new Promise((done, failed) => {
    const taken = (response) => {
      response.resume().on('end', () => done(performance.now() - began))
    }
    get(`${workerData}/health`, { agent }, taken).on('error', failed)
  })
}

async function probe() {
  while (isAsking) {
    waits.push(await ask())
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const sorted = waits.sort((a, b) => a - b)
  parentPort.postMessage({
    p99Ms: sorted[Math.ceil(sorted.length * 0.99) - 1],
    longestMs: sorted.at(-1),
  })
}

parentPort.on('message', async (what) => {
  isAsking = what === 'start'
  if (!isAsking) return
  waits = [await ask()]
  waits = []
  parentPort.postMessage('started')
  await probe()
})
