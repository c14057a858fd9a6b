import { describeCertificateStores } from '../certificate-stores.contract.ts'
import { databaseOfTests } from './database-of-tests.ts'

const database = databaseOfTests()

describeCertificateStores(database)
