import { Command } from 'commander'
import { jobFileSchema } from './job-file/published.ts'

/** `mesostate schema`: the JSON Schema of job files, as it is published. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of job files, for editors')
    .action(() => {
      process.stdout.write(jobFileSchema())
    })
}
