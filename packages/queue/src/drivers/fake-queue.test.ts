import { fakeQueue } from './fake-queue.ts'
import { describeQueue } from './queue.contract.ts'

describeQueue(fakeQueue)
