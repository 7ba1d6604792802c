import type { FrameworkInfo, Offer } from '../../messages/index.ts'
import { writeOfferConstraints } from '../wire/constraints.ts'
import { writeExecutorInfo } from '../wire/executor-info.ts'
import { writeFrameworkInfo } from '../wire/framework-info.ts'
import { type Json, withoutEmpty, writeDuration } from '../wire/json.ts'
import { writeInverseOffer, writeOffer } from '../wire/offers.ts'
import type { FrameworkPicture, Picture } from './picture.ts'
import { endpointByRole } from './resource-json.ts'
import { listOf, objectOf } from './slices.ts'

/** GET_FRAMEWORKS. */
export function getFrameworks({ frameworks, completed }: Picture): Generator<string> {
  return objectOf({
    frameworks: listOf(texts(frameworks)),
    completed_frameworks: listOf(texts(completed)),
  })
}

function* texts(frameworks: readonly FrameworkPicture[]): Generator<string> {
  for (const framework of frameworks) yield JSON.stringify(v1Framework(framework))
}

/** A framework as operators see it (Mesos: src/master/framework.cpp, model). */
export function v1Framework(framework: FrameworkPicture): Json {
  const { info, times, offers, inverseOffers, used, offered } = framework
  const { registeredAtMs, reregisteredAtMs, unregisteredAtMs } = times
  return withoutEmpty({
    ...standingOf(framework),
    registered_time: writeDuration(registeredAtMs),
    reregistered_time: writeDuration(reregisteredAtMs ?? registeredAtMs),
    ...(unregisteredAtMs !== undefined && {
      unregistered_time: writeDuration(unregisteredAtMs),
    }),
    offers: offers.map(v1Offer),
    inverse_offers: inverseOffers.map(writeInverseOffer),
    allocated_resources: endpointByRole(used),
    offered_resources: endpointByRole(offered),
    offer_constraints: constraintsOf(info),
  })
}

/**
 * The same in an event, which says no more than what may have changed; there Mesos tells each time,
 * even that of what has not happened (Mesos: src/common/protobuf_utils.cpp, createFrameworkAdded).
 */
export function v1FrameworkEvent(framework: FrameworkPicture): Json {
  const { registeredAtMs, reregisteredAtMs, unregisteredAtMs } = framework.times
  return {
    ...standingOf(framework),
    registered_time: writeDuration(registeredAtMs),
    reregistered_time: writeDuration(reregisteredAtMs ?? registeredAtMs),
    unregistered_time: writeDuration(unregisteredAtMs ?? 0),
  }
}

/** Nothing where a framework takes all agents. */
export function constraintsOf({ offerConstraints }: FrameworkInfo): Json {
  return offerConstraints === undefined ? {} : writeOfferConstraints(offerConstraints)
}

function standingOf({ id, info, state }: FrameworkPicture): Json {
  const isConnected = state === 'connected'
  return {
    framework_info: writeFrameworkInfo(info, id),
    active: isConnected,
    connected: isConnected,
    recovered: state === 'recovered',
  }
}

function v1Offer(offer: Offer): Json {
  return writeOffer(offer, { refined: true, allocatedTo: offer.role })
}

/** GET_EXECUTORS: those that are programs of their own, or run groups. */
export function getExecutors({ frameworks }: Picture): Generator<string> {
  return objectOf({ executors: listOf(executorTexts(frameworks)) })
}

function* executorTexts(frameworks: readonly FrameworkPicture[]): Generator<string> {
  for (const { executors } of frameworks) {
    for (const { info, frameworkId, agentId, role } of executors) {
      const form = { refined: true, allocatedTo: role }
      const executor_info = writeExecutorInfo(info, form, frameworkId)
      yield JSON.stringify({ executor_info, agent_id: { value: agentId } })
    }
  }
}
