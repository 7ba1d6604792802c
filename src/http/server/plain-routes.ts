import { empty, json } from './answers.ts'
import { withCallback } from './callbacks.ts'
import type { Route } from './route.ts'

/** The version of Mesos whose API is spoken: clients look at it to know what they may ask. */
export const mesosVersion = '1.12.0'

/** Made when, in no case that matters: clients show it. */
export const build = {
  build_date: '2024-08-23 00:00:00',
  build_time: 1_724_371_200,
  build_user: 'mesostate',
} as const

/** That somebody is here. */
export const healthRoute: Route = {
  path: '/health',
  methods: ['GET', 'POST'],
  handle: () => empty(200),
}

/** What is spoken here, in Mesos' fields. */
export const versionRoute: Route = withCallback({
  path: '/version',
  methods: ['GET', 'POST'],
  handle: () => json({ version: mesosVersion, ...build }),
})

/** Where the master is that leads: here, as long as there is one. */
export function redirectRoute(place: string): Route {
  return {
    path: '/redirect',
    methods: ['GET', 'POST'],
    handle: () => ({ status: 307, headers: { location: `//${place}` } }),
  }
}
