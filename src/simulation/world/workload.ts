import type { TaskInfo } from '../../messages/index.ts'
import type { Needs } from '../../model/resources/amounts.ts'
import type { RandomStream } from '../random-stream.ts'

/** How the work of a job ends by itself: hung work goes on until it is killed. */
export type Course = 'finishes' | 'fails' | 'hangs'

/** A piece of work for one framework. */
export interface SimulatedJob {
  readonly id: string
  readonly framework: number
  readonly arrivesAtMs: number
  readonly durationMs: number
  readonly course: Course
  readonly needs: Needs
}

export interface WorkloadOptions {
  readonly frameworks: number
  readonly tasks: number
  /** All jobs arrive within this time. */
  readonly withinMs: number
}

const meanDurationMs = 8_000

/** The jobs of a run; the first ones are the same when there are fewer of them. */
export function createWorkload(stream: RandomStream, options: WorkloadOptions): SimulatedJob[] {
  return Array.from({ length: options.tasks }, (_, index) => {
    const draw = {
      framework: stream.next(),
      arrival: stream.next(),
      duration: stream.exponential(meanDurationMs),
      course: stream.next(),
      cpus: stream.integer(1, 4),
      mem: stream.integer(1, 8),
      ports: stream.next(),
    }
    return {
      id: `T${index + 1}`,
      framework: Math.floor(draw.framework * options.frameworks),
      arrivesAtMs: Math.round(draw.arrival * options.withinMs),
      durationMs: draw.duration,
      course: courseOf(draw.course),
      needs: {
        cpus: draw.cpus / 2,
        mem: draw.mem * 128,
        ...(draw.ports < 0.2 && { ports: 1 }),
      },
    }
  })
}

function courseOf(draw: number): Course {
  if (draw < 0.05) return 'hangs'
  return draw < 0.15 ? 'fails' : 'finishes'
}

/** How a task tells its runner what to do. */
export function labelsOf(job: SimulatedJob): Readonly<Record<string, string>> {
  return { durationMs: String(job.durationMs), course: job.course }
}

/** What a task told its runner. */
export function courseIn({ labels = {} }: TaskInfo): { durationMs: number; course: Course } {
  const { durationMs = '0', course } = labels
  const known = course === 'fails' || course === 'hangs' ? course : 'finishes'
  return { durationMs: Number(durationMs), course: known }
}
