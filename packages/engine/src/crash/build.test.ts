import { killedDuring } from './killed-during.ts'

killedDuring('build')
