import type { Server } from 'node:http'
import { codeOf, messageOf } from '../../executors/sentences.ts'
import { InvalidInputError } from '../../model/errors.ts'

/** Listens, and returns where. Rejects with InvalidInputError; `who` cannot listen there. */
export function listen(server: Server, who: string, ip: string, port: number): Promise<string> {
  return new Promise((done, fail) => {
    server.once('error', (error) => {
      const taken = codeOf(error) === 'EADDRINUSE'
      const why = taken ? 'somebody listens there already' : messageOf(error)
      fail(new InvalidInputError(`${who} cannot listen on ${ip}:${port}: ${why}`))
    })
    server.listen(port, ip, () => {
      const address = server.address()
      const taken = typeof address === 'object' && address !== null ? address.port : port
      done(`${ip.includes(':') ? `[${ip}]` : ip}:${taken}`)
    })
  })
}
