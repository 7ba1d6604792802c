import { Readable } from 'node:stream'
import { jsonHeaders, Refusal } from './answers.ts'
import type { Answer, HttpRequest, Route, Streaming } from './route.ts'

/** A name such as `cb`, `jQuery1_2` or `app.callbacks[0]`; nothing else may get into a script. */
const namePattern = /^[\w$.[\]]+$/

/**
 * The route with what pages of other origins ask for by `?jsonp=NAME`: its JSON as a script that
 * hands it to that function of theirs, as all plain endpoints of Mesos do.
 */
export function withCallback(route: Route): Route {
  const { handle } = route
  return {
    ...route,
    handle: (request) => {
      const name = callbackOf(request)
      if (name === undefined) return handle(request)
      const answer = handle(request)
      return answer instanceof Promise
        ? answer.then((late) => called(name, late))
        : called(name, answer)
    },
  }
}

function callbackOf({ method, query }: HttpRequest): string | undefined {
  const name = method === 'GET' || method === 'HEAD' ? query.get('jsonp') : null
  if (name === null) return undefined
  if (namePattern.test(name)) return name
  throw new Refusal(400, "'jsonp' is no name of a function; write letters, digits, _ $ . [ ]")
}

function called(name: string, answer: Answer | Streaming): Answer | Streaming {
  if ('opened' in answer || answer.headers?.['content-type'] !== jsonHeaders['content-type']) {
    return answer
  }
  const headers = { ...answer.headers, 'content-type': 'text/javascript' }
  return { ...answer, headers, body: calledWith(name, answer.body ?? '') }
}

function calledWith(name: string, body: NonNullable<Answer['body']>): string | Readable {
  if (body instanceof Readable) return Readable.from(pieces(name, body), { objectMode: false })
  return `${name}(${typeof body === 'string' ? body : Buffer.from(body).toString('utf8')});`
}

async function* pieces(name: string, body: Readable): AsyncGenerator<string | Buffer> {
  yield `${name}(`
  yield* body
  yield ');'
}
