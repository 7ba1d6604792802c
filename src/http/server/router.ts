import { Refusal } from './answers.ts'
import type { Route } from './route.ts'

/**
 * Finds what answers to a path. Paths are exact: what lies below one is another, or nothing, unless
 * its route says that it is the route's, too.
 */
export class Router {
  readonly #routes = new Map<string, Route>()
  readonly #above: Route[] = []

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.add(route)
  }

  add(route: Route): void {
    if (this.#routes.has(route.path)) throw new Error(`two routes answer to ${route.path}`)
    this.#routes.set(route.path, route)
    if (route.below === true) this.#above.push(route)
  }

  find(path: string): Route | undefined {
    return this.#routes.get(path) ?? this.#above.find((route) => path.startsWith(route.path))
  }
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
