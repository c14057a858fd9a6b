import { describeDeathStore } from '../death-store.contract.ts'
import { describeDrainStore } from '../drain-store.contract.ts'
import { fakeStores } from './fake-stores.ts'

describeDeathStore(fakeStores)
describeDrainStore(fakeStores)
