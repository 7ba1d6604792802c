/**
 * Finds the shortest way through some ports of call by trying all orders, and returns it. A module
 * for a job has its work as default export; `signal` aborts when the task is to end.
 */
// biome-ignore lint/style/noDefaultExport: a job runs the default export of its module.
export default function shortestRoute({ ports }, { signal }) {
  const [start, ...others] = Object.keys(ports)
  let best = { length: Number.POSITIVE_INFINITY, route: [] }
  for (const order of permutations(others)) {
    if (signal.aborted) break
    const route = [start, ...order]
    const length = route.slice(1).reduce((sum, port, leg) => {
      return sum + Math.hypot(...difference(ports[port], ports[route[leg]]))
    }, 0)
    if (length < best.length) best = { length: Math.round(length * 10) / 10, route }
  }
  return best
}

function difference([x, y], [fromX, fromY]) {
  return [x - fromX, y - fromY]
}

function* permutations(items) {
  if (items.length === 0) yield []
  for (const item of items) {
    const rest = items.filter((other) => other !== item)
    for (const order of permutations(rest)) yield [item, ...order]
  }
}
