import { describeDeathStore } from '../death-store.contract.ts'
import { describeDrainStore } from '../drain-store.contract.ts'
import { databaseOfTests } from './database-of-tests.ts'

const database = databaseOfTests()

describeDeathStore(database)
describeDrainStore(database)
