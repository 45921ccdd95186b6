import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bootId, processInfo, signal } from './proc.ts'

/** What is left of a running program on the disk, so that a server that comes back finds it. */
interface RunRecord {
  boot: string
  /** Folder of its mount points, made for this run. */
  stage: string
  processes: { pid: number; startTime: number }[]
}

/** Notes the processes and the stage of a run; the returned function takes the note away again. */
export function recordRun(folder: string, name: string, pids: readonly number[], stage: string): () => void {
  const path = join(folder, `${encodeURIComponent(name)}.json`)
  const processes = pids.flatMap((pid) => processInfo(pid) ?? []).map(({ pid, startTime }) => ({ pid, startTime }))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(path, JSON.stringify({ boot: bootId(), stage, processes } satisfies RunRecord), { mode: 0o600 })
  return () => rmSync(path, { force: true })
}

/**
 * Kills what is noted and still runs; a pid that belongs to another process by now is left alone.
 * Returns how many programs were killed, and the stages of all that were noted.
 */
export function reapRuns(folder: string): { killed: number; stages: string[] } {
  let killed = 0
  const stages: string[] = []
  for (const name of namesIn(folder)) {
    const path = join(folder, name)
    const record = recordAt(path)
    const running = record?.boot === bootId() ? record.processes.filter(isAlive) : []
    for (const { pid } of running) signal(pid, 'SIGKILL')
    if (running.length > 0) killed += 1
    if (record) stages.push(record.stage)
    rmSync(path, { force: true })
  }
  return { killed, stages }
}

function recordAt(path: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunRecord
  } catch {
    return undefined // cut off while it was written: the program had not been started yet
  }
}

function isAlive({ pid, startTime }: RunRecord['processes'][number]): boolean {
  return processInfo(pid)?.startTime === startTime
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch {
    return []
  }
}
