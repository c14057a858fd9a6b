import { describeNotificationStore } from '../notification-store.contract.ts'
import { databaseOfTests } from './database-of-tests.ts'

const database = databaseOfTests()

describeNotificationStore(database)
