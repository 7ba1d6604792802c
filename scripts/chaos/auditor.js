import { connectCluster } from '../../dist/index.js'

/**
 * What the master has to give when nothing runs any more: a framework of its own takes every offer
 * and keeps it. Waits until each agent was offered, or for as long as it may take.
 *
 * @param {string} master
 * @param {string} token
 * @param {readonly { hostname: string, cpus: number, mem: number }[]} agents
 * @param {number} patienceMs
 */
export async function audit(master, token, agents, patienceMs) {
  const cluster = await connectCluster(master, { token, timeoutMs: patienceMs })
  const offers = new Map()
  const isWhole = ({ hostname, cpus, mem }) =>
    [...offers.values()].some(
      (offer) => offer.hostname === hostname && offer.cpus === cpus && offer.mem === mem,
    )
  const isOver = new Promise((over) => {
    setTimeout(over, patienceMs).unref()
    cluster.framework(
      { name: 'auditor' },
      {
        offers(list) {
          for (const { offerId, hostname, resources } of list) {
            offers.set(offerId, { hostname, cpus: resources.cpus ?? 0, mem: resources.mem ?? 0 })
          }
          if (agents.every(isWhole)) over()
        },
        rescinded: (offerId) => void offers.delete(offerId),
      },
    )
  })
  await isOver
  const found = [...offers.values()]
  await cluster.close()
  return found
}
