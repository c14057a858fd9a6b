import { fakeAuditLog } from '@berth/observe/drivers/fake-audit-log.ts'
import { describeAuditLog } from '../audit-log.contract.ts'

describeAuditLog(fakeAuditLog)
