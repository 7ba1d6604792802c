import { Command } from 'commander'
import { createMaster } from '../cluster/processes.ts'
import { type MasterGiven, masterOptionsOf, withMasterFlags } from './processes/master-flags.ts'
import { tell } from './processes/talk.ts'
import { doorOf, untilEnded } from './processes/until-ended.ts'
import { withSettings } from './settings/settings.ts'

/** `mesostate master`: a master that agents and tenants in other processes link up with. */
export function masterCommand(): Command {
  const command = new Command('master').description(
    'start a master that agents and tenants in other processes link up with',
  )
  return withSettings(
    withMasterFlags(command).addHelpText(
      'after',
      '\nWith --work-dir agents, quotas, weights and maintenance outlive the master. SIGTERM and SIGINT end it; tasks run on.' +
        '\nExit codes: 0 ended as asked; 1 it cannot keep what it must; 2 wrong options, or the port is taken.',
    ),
  ).action(async (given: MasterGiven) => {
    process.exitCode = await master(given)
  })
}

async function master(given: MasterGiven): Promise<number> {
  const started = await createMaster({
    ...masterOptionsOf(given),
    onDamage: tell,
    onMark: ({ name, detail }) => tell(`${name}: ${detail}`),
  })
  process.stdout.write(`mesostate master listens on ${started.place}; ${doorOf(started)}\n`)
  return untilEnded(started)
}
