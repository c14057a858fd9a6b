import type { MachineView } from '@berth/observe'
import { machineProcedure, router } from '../procedure.ts'

export const machineRouter = router({
  /** The machine: what it is used for, and how much is left. Not for members who look after apps alone. */
  view: machineProcedure('machine.view').query(({ ctx }): Promise<MachineView> => ctx.live.machine()),
})
