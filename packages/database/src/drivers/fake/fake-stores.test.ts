import { describeStores } from '../stores.contract.ts'
import { fakeStores } from './fake-stores.ts'

describeStores(fakeStores)
