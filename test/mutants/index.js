import { agents } from './agents.js'
import { allocation } from './allocation.js'
import { jobs } from './jobs.js'
import { membership } from './membership.js'
import { offers } from './offers.js'
import { storage } from './storage.js'
import { updates } from './updates.js'

/**
 * A bug that somebody could make, most of them taken from what others did make. Each must be
 * noticed by a promise of the simulator; where no simulator can show it, by the test that it names.
 *
 * @typedef {object} Mutant
 * @property {string} name
 * @property {string} stems where the bug is known from; `own` when from nowhere
 * @property {{ file: string, from: string, to: string }[]} edits each text must be there once
 * @property {string} [test] a file of tests that must fail
 * @property {string} [scenario] a scenario that must go otherwise than it was recorded
 * @property {object[]} [worlds] options of `simulate` in place of the usual ones
 * @property {number} [seeds] how many of them are tried
 */

/** All of them. @type {readonly Mutant[]} */
export const mutants = [
  ...offers,
  ...updates,
  ...membership,
  ...agents,
  ...allocation,
  ...jobs,
  ...storage,
]
