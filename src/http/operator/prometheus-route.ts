import type { HttpRequest, Realm, Route } from '../server/route.ts'
import type { PrometheusPage } from './prometheus.ts'

/** The route `/metrics`, where Prometheus reads metrics that go by Mesos' names. */
export function prometheusRoute(
  realm: Realm,
  metricsFor: (request: HttpRequest) => Readonly<Record<string, number>>,
): Route {
  let page: Promise<PrometheusPage> | undefined
  return {
    path: '/metrics',
    alone: true,
    methods: ['GET'],
    realm,
    handle: async (request) => {
      const metrics = metricsFor(request)
      page ??= openPage()
      const { contentType, text } = await page
      const body = await text(metrics)
      return { status: 200, headers: { 'content-type': contentType }, body }
    },
  }
}

/** Where nobody looks, what measures the process need not be loaded. */
async function openPage(): Promise<PrometheusPage> {
  const { PrometheusPage: Page } = await import('./prometheus.ts')
  return new Page()
}
