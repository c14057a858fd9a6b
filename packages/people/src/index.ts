export * from './stores.ts'
