import type { Master } from '../../cluster/processes/master.ts'
import { listenForInterruption } from '../interruption.ts'
import { exitCodes } from '../usage.ts'
import { tell } from './talk.ts'

/** What it asks of those who link up, for the line that says where it listens. */
export function doorOf({ token, tokenFile }: Master): string {
  if (token === undefined) return 'everybody may join'
  return tokenFile === undefined ? 'it asks for the token that it was given' : `token: ${tokenFile}`
}

/**
 * Waits until somebody ends the program or its master cannot go on, and ends it in good order;
 * `hurry` hears of each further signal. Returns the exit code.
 */
export async function untilEnded(master: Master, hurry?: () => void): Promise<number> {
  let end = (): void => {}
  const asked = new Promise<undefined>((ended) => {
    end = () => ended(undefined)
  })
  using interruption = listenForInterruption((_signal, times) => {
    if (times > 1) return hurry?.()
    // Nothing can be hurried: the next signal is not to be withstood.
    if (hurry === undefined) interruption[Symbol.dispose]()
    end()
  })
  const error = await Promise.race([asked, master.crashed])
  await master.close()
  if (error === undefined) return exitCodes.ok
  tell(error.message)
  return exitCodes.failed
}
