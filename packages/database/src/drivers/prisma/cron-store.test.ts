import { describeCronStore } from '../cron-store.contract.ts'
import { databaseOfTests } from './database-of-tests.ts'

const database = databaseOfTests()

describeCronStore(database)
