import { bytesOf, inputAt } from './inputs.js'
import { growthOf } from './memory.js'
import { optionsOf, usage } from './options.js'
import { remoteCluster } from './remote-cluster.js'
import { fewest, shortest } from './shrink.js'
import { Thrower } from './thrower.js'

const batchSize = 2_500
/** An answer that takes longer does not come. */
const patienceMs = 10_000
/** So often a failure is tried again with less, in a new cluster each time. */
const triesMax = 200

const startedAtMs = Date.now()
process.exitCode = await main(process.argv.slice(2))

async function main(args) {
  const options = optionsOf(args)
  if ('problem' in options) {
    console.error(`fuzz: ${options.problem}\n\n${usage}`)
    return 2
  }
  const { seed, only, inputs: count } = options
  console.log(`seed ${seed}, ${only.length || count} inputs`)
  const cluster = await remoteCluster()
  const thrower = new Thrower(cluster, patienceMs)
  const heapsMb = []
  for (const numbers of batchesOf(only, count)) {
    const problems = await thrown(thrower, numbers, seed)
    if (problems.length > 0) {
      cluster.kill()
      return fail(problems, numbers, seed)
    }
    heapsMb.push(await cluster.heapMb())
    progress(thrower.counts, heapsMb)
  }
  await cluster.close()
  summarize(thrower.counts)
  const growth = growthOf(heapsMb)
  if (growth !== undefined) console.log(`FAILED: ${growth}`)
  return growth === undefined ? 0 : 1
}

function* batchesOf(only, count) {
  if (only.length > 0) return yield only
  for (let from = 0; from < count; from += batchSize) {
    yield Array.from({ length: Math.min(batchSize, count - from) }, (_, index) => from + index)
  }
}

/** The problems of a batch; a process that died is one. */
async function thrown(thrower, numbers, seed, change = (input) => input) {
  try {
    return await thrower.batch(inputsOf(numbers, seed, change))
  } catch (error) {
    return [{ problem: error.message }]
  }
}

/** They are made when they are needed: all of them would be much. */
function* inputsOf(numbers, seed, change) {
  for (const number of numbers) yield change(inputAt(seed, number))
}

/** Shows what is wrong, and the least with which it is. */
async function fail(problems, numbers, seed) {
  for (const { problem, input } of problems.slice(0, 10)) {
    console.log(
      `FAILED: ${problem}${input === undefined ? '' : `, input ${input.index}: ${input.what}`}`,
    )
  }
  const tries = { left: triesMax }
  const fails = (some, change) => failsAgain(some, seed, change)
  const blamed = problems.flatMap(({ input }) => (input === undefined ? [] : [input.index]))
  // One that is to blame may do it alone: that would save the search.
  const suspects = [...new Set(blamed)].filter((number) => number >= 0).slice(0, 3)
  const first = await firstOf(suspects, (number) => fails([number]))
  const least = first === undefined ? await fewest(numbers, fails, tries) : [first]
  console.log(`the least of it: npm run fuzz -- --seed ${seed} --only ${least.join(',')}`)
  for (const number of least.slice(0, 5)) await show(inputAt(seed, number), least, fails, tries)
  return 1
}

async function firstOf(numbers, isMeant) {
  for (const number of numbers) if (await isMeant(number)) return number
  return undefined
}

async function failsAgain(numbers, seed, change) {
  const cluster = await remoteCluster()
  const problems = await thrown(new Thrower(cluster, patienceMs), numbers, seed, change)
  cluster.kill()
  return problems.length > 0
}

async function show(input, least, fails, tries) {
  console.log(`\ninput ${input.index}: ${input.what}`)
  const same = () => undefined
  if (input.request === undefined) {
    const pieces = input.raw.pieces(same).map((piece) => JSON.stringify(piece.toString('latin1')))
    return console.log(`to the ${input.raw.to}, then ${input.raw.ending}: ${pieces.join(' … ')}`)
  }
  const request = await shortest(
    input.request,
    (less) => fails(least, (one) => (one.index === input.index ? { ...one, request: less } : one)),
    tries,
  )
  console.log(`to the ${request.to}:\n${bytesOf(request, same).toString('latin1')}`)
}

function progress({ inputs }, heapsMb) {
  const seconds = (Date.now() - startedAtMs) / 1_000
  const rate = Math.round(inputs / seconds)
  const heap = heapsMb.at(-1)?.toFixed(0)
  console.log(`${seconds.toFixed(1).padStart(6)} s  ${inputs} inputs, ${rate}/s, heap ${heap} MB`)
}

function summarize({ inputs, statuses, slowest }) {
  const counts = Object.entries(statuses).map(([status, count]) => `${status}: ${count}`)
  console.log(`\ninputs   ${inputs}`)
  console.log(`statuses ${counts.join(', ')}`)
  console.log(`slowest  ${slowest.tookMs.toFixed(0)} ms: ${slowest.what}`)
}
