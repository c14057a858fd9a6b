export * from './drivers/fake-people-store.ts'
export * from './errors.ts'
export * from './stores.ts'
