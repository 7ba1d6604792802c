import { parentPort, workerData } from 'node:worker_threads'

/**
 * First module of every worker thread of the thread runner. Plain JavaScript, because a worker
 * loads it with Node's own loader, from the sources as well as from the built package.
 *
 * @typedef {import('./thread-messages.ts').FromThread} FromThread
 * @typedef {import('./thread-messages.ts').ThreadWork} ThreadWork
 */

const controller = new AbortController()
// This listener also keeps the thread alive while its function waits for nothing but the signal.
parentPort?.on('message', () => controller.abort())

await work(workerData)

/** @param {ThreadWork} task */
async function work({ url, input, task }) {
  const run = await load(url)
  if (run === undefined) return
  if (controller.signal.aborted) {
    return say({ type: 'refused', message: 'the task was stopped before it began' })
  }
  say({ type: 'started' })
  try {
    const value = await run(input, { signal: controller.signal, task })
    sayReturned(value)
  } catch (error) {
    sayThrown(error)
  }
}

/**
 * The default export of the module; tells why when there is none.
 *
 * @param {string} url
 */
async function load(url) {
  try {
    const module = await import(url)
    if (typeof module.default === 'function') return module.default
    const advice = 'write `export default (input, { signal, task }) => ...`'
    say({ type: 'refused', message: `module ${url} has no function as default export: ${advice}` })
  } catch (error) {
    say({ type: 'refused', message: `module ${url} ${whyNotLoaded(url, error)}` })
  }
  return undefined
}

/**
 * @param {string} url
 * @param {unknown} error
 */
function whyNotLoaded(url, error) {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof SyntaxError && !message.includes('provide an export')) {
    // Node keeps the place of the error to itself; its checker tells.
    const place = '`node --check` shows where, in it or in a module that it imports'
    return `is not valid JavaScript: ${message}; ${place}`
  }
  const missing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
  if (!missing) return `failed while it was loaded: ${message}`
  if ('url' in error && error.url === url) return 'was not found'
  return `imports something that was not found: ${message}`
}

/** @param {unknown} value */
function sayReturned(value) {
  try {
    say({ type: 'returned', value })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    say({
      type: 'threw',
      error: { name: 'DataCloneError', message: `the result cannot leave its thread: ${why}` },
    })
  }
}

/** @param {unknown} thrown */
function sayThrown(thrown) {
  if (!(thrown instanceof Error)) {
    try {
      return say({ type: 'threwValue', value: thrown })
    } catch {
      return say({ type: 'threw', error: { name: 'Error', message: String(thrown) } })
    }
  }
  const { name, message, stack } = thrown
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
  say({
    type: 'threw',
    error: { name, message, ...(stack && { stack }), ...(code && { code }) },
  })
}

/** @param {FromThread} message */
function say(message) {
  parentPort?.postMessage(message)
}
