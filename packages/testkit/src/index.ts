export * from './browser.ts'
