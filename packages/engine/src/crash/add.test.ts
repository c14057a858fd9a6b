import { killedDuring } from './killed-during.ts'

killedDuring('add')
