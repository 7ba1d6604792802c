import type { Ledger } from '../../model/ledger/ledger.ts'

/** How many offers a master had made at some time. */
export interface OfferCount {
  readonly masterId: string
  readonly made: number
}

export function countOffers({ masterId, nextOffer }: Ledger): OfferCount {
  return { masterId, made: nextOffer }
}

/**
 * Whether the offer was made before that time. It may be told later: what a master says waits until
 * all that it is based on is stored.
 */
export function isMadeBefore(offerId: string, { masterId, made }: OfferCount): boolean {
  if (!offerId.startsWith(`${masterId}-O`)) return false
  return Number(offerId.slice(masterId.length + 2)) < made
}
