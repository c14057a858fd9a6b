#!/usr/bin/env node
/**
 * Where `berth` begins. What the compiler made of the sources is kept beside the checkout's packages, so that a command
 * starts in a fraction of the time; where that place cannot be written to, nothing is kept.
 */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/berth', import.meta.url)))
await import('./main.ts')
