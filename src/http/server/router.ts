import { Refusal } from './answers.ts'
import type { Route } from './route.ts'

/** What answers to a path, and what follows the route's own path there. */
export interface Found {
  readonly route: Route
  readonly below: string
}

/**
 * Finds what answers to a path. As in Mesos slashes around it do not count; unlike there, what lies
 * below a route is the route's only where it says so.
 */
export class Router {
  readonly #routes = new Map<string, Route>()
  #longest = 0

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.add(route)
  }

  add(route: Route): void {
    if (this.#routes.has(route.path)) throw new Error(`two routes answer to ${route.path}`)
    this.#routes.set(route.path, route)
    this.#longest = Math.max(this.#longest, route.path.length)
  }

  find(path: string): Found | undefined {
    const exact = this.#routes.get(path)
    if (exact !== undefined) return { route: exact, below: '' }
    const whole = `/${withoutSlashes(path)}`
    // No route is longer: a path of a thousand slashes is not looked up a thousand times.
    const isShort = whole.length <= this.#longest
    let end = isShort ? whole.length : whole.lastIndexOf('/', this.#longest)
    for (; end > 0; end = whole.lastIndexOf('/', end - 1)) {
      const route = this.#routes.get(whole.slice(0, end))
      if (route === undefined) continue
      const below = withoutSlashes(whole.slice(end))
      return below === '' || route.below?.test(below) === true ? { route, below } : undefined
    }
    return undefined
  }
}

function withoutSlashes(path: string): string {
  let [start, end] = [0, path.length]
  while (path[start] === '/') start++
  while (end > start && path[end - 1] === '/') end--
  return path.slice(start, end)
}

/** Refuses (405) a method that the route does not have; whoever may GET may ask for the HEAD. */
export function checkMethod(route: Route, method: string): void {
  const asked = method === 'HEAD' ? 'GET' : method
  if (route.methods.some((known) => known === asked)) return
  const known = route.methods.join(', ')
  throw new Refusal(405, `${route.path} answers to ${known}, and not to ${method}.`, {
    allow: known,
  })
}
