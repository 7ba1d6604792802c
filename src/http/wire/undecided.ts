import type { Resources } from '../../messages/index.ts'
import { scalarOf } from '../../model/resources/kinds.ts'
import { type Json, numberAt, objectAt, WireProblem } from './json.ts'

/** What is checked of the parts of a task that are only carried: nobody after us looks at them. */

/** Limits are of cpus and memory, and no less than what is asked for. */
export function verifyLimits(value: unknown, resources: Resources, path: string): void {
  const limits: Json = objectAt(value, path)
  for (const name of Object.keys(limits)) {
    const limit = numberAt(objectAt(limits[name], `${path}.${name}`).value, `${path}.${name}.value`)
    if (name !== 'cpus' && name !== 'mem') {
      throw new WireProblem(`${path} has ${name}; only cpus and mem can be limited`)
    }
    const asked = scalarOf(resources, name)
    if (asked === 0) throw new WireProblem(`${path}: the task asks for no ${name}`)
    if (limit < asked) {
      throw new WireProblem(`${path}: ${name} is ${limit}, less than the ${asked} asked for`)
    }
  }
}
