import type { Transport } from '../../../src/actors/ports.ts'
import type { Address } from '../../../src/messages/index.ts'
import { type Road, type Talk, toExecutor, toMaster, transportContract } from '../contract.ts'
import { startHub, startSpoke, turns, until } from './support.ts'

const elsewhere = 'the sender cannot know at once that the receiver in another process has changed'
const heirs = {
  test: 'gives an heir nothing that was meant for its predecessor',
  reason: elsewhere,
}

transportContract({
  name: 'WebSocket, to the master’s process',
  make: async () => {
    const { hub, near } = await linked()
    return road(near, hub, toMaster)
  },
  skip: [heirs],
})
transportContract({
  name: 'WebSocket, from the master’s process',
  make: async () => {
    const { hub, near } = await linked()
    return road(hub, near, toExecutor)
  },
  skip: [heirs],
})
transportContract({
  name: 'WebSocket, over the hub',
  make: async () => {
    const { near, far } = await linked()
    return road(near, far, toExecutor)
  },
  skip: [heirs],
})
transportContract({
  name: 'WebSocket, inside a process',
  make: async () => {
    const { near } = await linked()
    return road(near, near, toExecutor)
  },
  skip: [
    {
      test: 'takes a message as it is when it is sent',
      reason: 'it passes references; machines never change what they sent',
    },
  ],
})

async function linked() {
  const { hub, place } = await startHub()
  const near = startSpoke(place).spoke
  const far = startSpoke(place).spoke
  await until('both are linked', () => near.isOpen && far.isOpen)
  return { hub, near, far }
}

/** Settled is what an echo overtook that went after it, both ways. */
function road(near: Transport, far: Transport, talk: Talk): Road {
  const caller: Address = 'executor/settle'
  const answerer: Address = 'agent/settle'
  let heard = (): void => {}
  near.subscribe(caller, () => heard())
  far.subscribe(answerer, () => {
    far.send({
      from: answerer,
      to: caller,
      message: { type: 'lifecycle.shutdownExecutor', gracePeriodMs: 0 },
    })
  })
  const echo = (): Promise<void> =>
    new Promise((resolve) => {
      // Nothing comes back from what is closed.
      const patience = setTimeout(resolve, 200)
      heard = () => {
        clearTimeout(patience)
        resolve()
      }
      near.send({
        from: caller,
        to: answerer,
        message: {
          type: 'lifecycle.registerExecutor',
          frameworkId: 'F',
          executorId: 'E',
          unacknowledgedUpdates: [],
        },
      })
    })
  const settle = async (): Promise<void> => {
    await turns()
    await echo()
    await turns()
  }
  return { near, far, talk, settle }
}
