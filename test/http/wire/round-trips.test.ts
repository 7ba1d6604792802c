import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAgentInfo, writeAgentInfo } from '../../../src/http/wire/agent-info.ts'
import { readAttributes, writeAttributes } from '../../../src/http/wire/attributes.ts'
import { readOfferConstraints, writeOfferConstraints } from '../../../src/http/wire/constraints.ts'
import { readFrameworkInfo, writeFrameworkInfo } from '../../../src/http/wire/framework-info.ts'
import { readOffer, writeOffer } from '../../../src/http/wire/offers.ts'
import { readOperation, writeOperation } from '../../../src/http/wire/operations.ts'
import { readResources, writeResources } from '../../../src/http/wire/resources.ts'
import { readTaskInfo, writeTaskInfo } from '../../../src/http/wire/task-info.ts'
import { readTaskStatus, writeTaskStatus } from '../../../src/http/wire/task-status.ts'
import * as given from './arbitraries.ts'
import { status as anyStatus } from './arbitrary-status.ts'

/** What comes out at the other end of a connection. */
function sent(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

const settings = { numRuns: 40 } as const

const refined = { refined: true } as const
const allocated = { refined: true, allocatedTo: 'eng' } as const
const old = { refined: false } as const

describe('What is written is read as what it was', () => {
  it('resources, as a stack of reservations', () => {
    fc.assert(
      fc.property(given.resourcesOf(3), fc.constantFrom(refined, allocated), (resources, form) => {
        expect(readResources(sent(writeResources(resources, form)), 'r')).toEqual(resources)
      }),
      settings,
    )
  })

  it('resources, in the form before refinement', () => {
    fc.assert(
      fc.property(given.resourcesOf(1), (resources) => {
        expect(readResources(sent(writeResources(resources, old)), 'r')).toEqual(resources)
      }),
      settings,
    )
  })

  it('attributes', () => {
    fc.assert(
      fc.property(given.attributes, (attributes) => {
        expect(readAttributes(sent(writeAttributes(attributes)), 'a')).toEqual(attributes)
      }),
      settings,
    )
  })

  it('offer constraints', () => {
    fc.assert(
      fc.property(given.constraints, (constraints) => {
        const again = readOfferConstraints(sent(writeOfferConstraints(constraints)), 'c')
        expect(again).toEqual(constraints)
      }),
      settings,
    )
  })

  it('frameworks', () => {
    fc.assert(
      fc.property(given.framework, fc.option(given.id, { nil: undefined }), (info, id) => {
        const again = readFrameworkInfo(sent(writeFrameworkInfo(info, id)), 'f')
        const { minAllocatable, ...rest } = info
        const minimums = Object.entries(minAllocatable ?? {})
        const kept = Object.fromEntries(minimums.filter(([role]) => info.roles.includes(role)))
        const expected = { ...rest, ...(minAllocatable && { minAllocatable: kept }) }
        expect(again).toEqual({ info: expected, ...(id !== undefined && { id }) })
      }),
      settings,
    )
  })

  it('tasks', () => {
    fc.assert(
      fc.property(given.taskOf(2), fc.constantFrom(refined, allocated), (task, form) => {
        expect(readTaskInfo(sent(writeTaskInfo(task, form, 'F')), 't')).toEqual(task)
      }),
      settings,
    )
  })

  it('statuses', () => {
    fc.assert(
      fc.property(anyStatus, (status) => {
        expect(readTaskStatus(sent(writeTaskStatus(status)), 's')).toEqual(status)
      }),
      settings,
    )
  })

  it('operations', () => {
    fc.assert(
      fc.property(given.operation, (operation) => {
        const again = readOperation(sent(writeOperation(operation, refined, 'F')), 'o')
        expect(again).toMatchObject(operation)
        // Who creates a volume is told beside who reserved its disk, and how large it was.
        const { creators: _, size: _size, ...rest } = { creators: [], size: 0, ...again }
        expect(rest).toEqual(operation)
      }),
      settings,
    )
  })

  it('offers', () => {
    fc.assert(
      fc.property(given.offer, (offer) => {
        const form = { refined: true, allocatedTo: offer.role }
        const { endpoint } = offer
        const again = readOffer(sent(writeOffer(offer, form)), 'o')
        expect(again).toEqual(offer)
        expect(readOffer(sent(writeOffer(offer, refined)), 'o', offer.role)).toEqual(offer)
        expect(again.endpoint).toEqual(endpoint)
      }),
      settings,
    )
  })

  it('agents', () => {
    fc.assert(
      fc.property(given.resourcesOf(2), given.id, (resources, id) => {
        const endpoint = { ip: '127.0.0.1', port: 5051 }
        const info = { hostname: '127.0.0.1', resources, endpoint }
        expect(readAgentInfo(sent(writeAgentInfo(info, id)), 'a')).toEqual({ info, id })
      }),
      settings,
    )
  })
})
