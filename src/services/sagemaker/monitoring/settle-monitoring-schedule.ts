import type { Settle } from '../settling.ts'
import { goOn, monitoringSchedules } from './monitoring-schedule.ts'
import { runDue } from './run-schedules.ts'

/** Pending → Scheduled; one that is to run NOW does. */
export const settleMonitoringSchedule: Settle = async (world, at) => {
  const { store } = world
  if (monitoringSchedules.find(store, at, at.name)?.description.MonitoringScheduleStatus !== 'Pending') return
  const { next } = monitoringSchedules.change(store, at, (schedule) => {
    goOn(schedule, world.now())
    schedule.description.LastModifiedTime = world.now() / 1000
  })
  if (next! <= world.now()) await runDue(world)
}
