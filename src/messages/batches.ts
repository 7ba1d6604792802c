/**
 * The cost of the system is per message, so messages of one sender to one receiver in one turn
 * travel together: this names the list that two messages of a type may share.
 */
const listOf: Readonly<Record<string, string>> = {
  'allocation.offer': 'offers',
  'allocation.rescind': 'offerIds',
  'allocation.inverseOffer': 'inverseOffers',
  'allocation.rescindInverse': 'inverseOfferIds',
  'allocation.apply': 'operations',
  'allocation.operationUpdate': 'updates',
  'task.update': 'updates',
  'task.kill': 'kills',
  'task.acknowledge': 'acknowledgements',
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Appends `next` to `last` when both are batches of one kind that agree in everything but their
 * list; `last` must belong to the caller alone. Returns whether it did.
 */
export function joinBatch(last: Fields, next: Fields): boolean {
  if (last.type !== next.type || typeof next.type !== 'string') return false
  const list = listOf[next.type]
  if (list === undefined) return false
  for (const key in last) if (!(key in next)) return false
  for (const key in next) {
    if (key !== list && next[key] !== last[key]) return false
  }
  const items = last[list]
  const added = next[list]
  if (!Array.isArray(items) || !Array.isArray(added)) return false
  for (const item of added) items.push(item)
  return true
}

/** The same message with lists of its own, so that it may grow. Only of a batch; else nothing. */
export function ownBatch<Batch extends Fields>(message: Batch): Batch | undefined {
  const list = typeof message.type === 'string' ? listOf[message.type] : undefined
  const items = list === undefined ? undefined : message[list]
  if (list === undefined || !Array.isArray(items)) return undefined
  return { ...message, [list]: [...items] }
}
