import { fakeAttemptStore } from '@berth/people/drivers/fake-attempt-store.ts'
import { describeAttempts } from './attempts.contract.ts'

describeAttempts(fakeAttemptStore)
