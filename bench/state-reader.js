import { get, request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

/** Reads the state again and again, beside the process that serves it. */

const { url, readers, reads } = workerData

function read(path) {
  const began = performance.now()
  return new Promise((done, failed) => {
    const take = (response) => {
      let bytes = 0
      response.on('data', (chunk) => {
        bytes += chunk.length
      })
      response.on('end', () => done({ ms: performance.now() - began, bytes }))
    }
    if (path !== '/api/v1') return get(url + path, take).on('error', failed)
    const headers = { 'content-type': 'application/json' }
    const call = request(url + path, { method: 'POST', headers }, take).on('error', failed)
    call.end('{"type":"GET_STATE"}')
  })
}

parentPort.on('message', async (path) => {
  const all = await Promise.all(
    Array.from({ length: readers }, async () => {
      const own = []
      for (let index = 0; index < reads; index++) own.push(await read(path))
      return own
    }),
  )
  parentPort.postMessage(all.flat())
})
