/**
 * What other rooms need of the vocabulary at run time. Schemas are in the files of the categories.
 */
export * from './addresses.ts'
export * from './batches.ts'
export type * from './constraints.ts'
export type { MessageDefinition, Role } from './define.ts'
export type * from './envelope.ts'
export * from './ids.ts'
export type * from './operations.ts'
export type * from './shapes.ts'
export * from './states.ts'
