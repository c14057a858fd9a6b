import { describeConfiguration } from '../configuration.contract.ts'
import { fakeStores } from './fake-stores.ts'

describeConfiguration(fakeStores)
