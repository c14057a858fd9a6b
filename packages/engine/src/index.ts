export * from './engine.ts'
export * from './filesystem.ts'
