import { Command } from 'commander'

/** `mesostate schema`: the JSON Schema of job files, as it is published. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of job files, for editors')
    .action(async () => {
      // Loaded only here and where a file is read: schemas take longer to load than all the rest.
      const { jobFileSchema } = await import('./job-file/published.ts')
      process.stdout.write(jobFileSchema())
    })
}
