import { describeNotificationStore } from '../notification-store.contract.ts'
import { fakeStores } from './fake-stores.ts'

describeNotificationStore(fakeStores)
