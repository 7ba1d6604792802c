import { cpus, loadavg, totalmem } from 'node:os'

/** What masters and agents tell of the machine on which they are, by Mesos' names. */
export function systemMetrics(): Readonly<Record<string, number>> {
  const [minute = 0, fiveMinutes = 0, quarter = 0] = loadavg()
  return {
    'system/cpus_total': cpus().length,
    'system/load_1min': minute,
    'system/load_5min': fiveMinutes,
    'system/load_15min': quarter,
    'system/mem_total_bytes': totalmem(),
  }
}
