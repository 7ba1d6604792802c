export * from '../actors/calls.ts'
