import type { RemoteCluster } from '../../cluster/processes/remote.ts'
import { connectCluster } from '../../cluster/processes.ts'
import { ClosedError } from '../../model/errors.ts'
import { UsageError } from '../usage.ts'
import { linkOptionsOf, type TokenGiven } from './options.ts'
import { linkTeller, tell } from './talk.ts'

/** Links up with a master that should be there already. Throws UsageError when it is not. */
export async function connect(master: string, given: TokenGiven): Promise<RemoteCluster> {
  let isConnected = false
  const teller = linkTeller(master, tell)
  try {
    const cluster = await connectCluster(master, {
      ...linkOptionsOf(given),
      onLink: (news) => {
        if (isConnected) teller(news)
      },
    })
    isConnected = true
    return cluster
  } catch (error) {
    if (error instanceof ClosedError) throw new UsageError(error.message)
    throw error
  }
}
