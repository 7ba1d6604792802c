import { parseArgs } from 'node:util'

export const usage = `npm run fuzz -- [--inputs N] [--seed N] [--only N,N,…]

Throws inputs at all HTTP endpoints of a real master and its agents: calls with wrong values,
damaged bytes, odd heads, wrong lengths, slow and broken-off bodies. Exit code 0: no crash, no hang,
no status from 500, books that balance, nothing left behind, no memory that grows without end.
--only throws just the inputs of these numbers.`

/**
 * @param {readonly string[]} args
 * @returns {{ inputs: number, seed: number, only: number[] } | { problem: string }}
 */
export function optionsOf(args) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        inputs: { type: 'string', default: '100000' },
        seed: { type: 'string', default: String(1 + (Date.now() % 1_000_000)) },
        only: { type: 'string', default: '' },
      },
    })
    const only = values.only === '' ? [] : values.only.split(',').map(Number)
    const options = { inputs: Number(values.inputs), seed: Number(values.seed), only }
    const wrong = [options.inputs, options.seed, ...only].find((number) => !isWhole(number))
    return wrong === undefined ? options : { problem: `${wrong} is no whole number from 0` }
  } catch (error) {
    return { problem: error.message }
  }
}

function isWhole(number) {
  return Number.isInteger(number) && number >= 0
}
