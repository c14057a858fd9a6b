export * from './engine.ts'
export * from './filesystem.ts'
export * from './sandbox.ts'
