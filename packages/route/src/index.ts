export * from './front-door.ts'
