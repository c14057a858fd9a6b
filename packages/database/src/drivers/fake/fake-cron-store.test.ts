import { describeCronStore } from '../cron-store.contract.ts'
import { fakeStores } from './fake-stores.ts'

describeCronStore(fakeStores)
