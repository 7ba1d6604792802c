import { json, Refusal } from '../server/answers.ts'
import type { HttpRequest, Route } from '../server/route.ts'

/** A master shows no files: what tasks write is with their agents. */
const nothingThere = 'A master shows no files; the sandboxes are with the agents.'

/** The plain endpoints for files (Mesos: src/files/files.cpp). */
export function fileRoutes(): Route[] {
  const shown = ['browse', 'read', 'download'].map(
    (what): Route => ({
      path: `/files/${what}`,
      methods: ['GET', 'POST'],
      realm: 'mesos-master-readonly',
      handle: refuse,
    }),
  )
  const debug: Route = {
    path: '/files/debug',
    methods: ['GET', 'POST'],
    realm: 'mesos-master-readonly',
    handle: () => json({}),
  }
  return [...shown, debug]
}

function refuse({ query }: HttpRequest): never {
  if (!query.get('path')) throw new Refusal(400, "The query lacks 'path'.")
  throw noSuchFile()
}

export function noSuchFile(): Refusal {
  return new Refusal(404, nothingThere)
}
