import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** Does the work, and measures meanwhile how late answers to /health were, in milliseconds. */
export async function withProbe(url, work) {
  const worker = new Worker(new URL('prober.js', import.meta.url), { workerData: url })
  try {
    await once(worker, 'online')
    worker.postMessage('start')
    await once(worker, 'message')
    const result = await work()
    worker.postMessage('stop')
    const [{ p99Ms, longestMs }] = await once(worker, 'message')
    return { result, p99Ms, longestMs }
  } finally {
    await worker.terminate()
  }
}
