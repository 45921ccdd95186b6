import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bootId, processInfo, signal } from './proc.ts'

/** What is left of a running program on the disk, so that a server that comes back finds it. */
interface RunRecord {
  boot: string
  processes: { pid: number; startTime: number }[]
}

/** Notes the processes of a run; the returned function takes the note away again. */
export function recordRun(folder: string, name: string, pids: readonly number[]): () => void {
  const path = join(folder, `${encodeURIComponent(name)}.json`)
  const processes = pids.flatMap((pid) => processInfo(pid) ?? []).map(({ pid, startTime }) => ({ pid, startTime }))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(path, JSON.stringify({ boot: bootId(), processes } satisfies RunRecord), { mode: 0o600 })
  return () => rmSync(path, { force: true })
}

/** Kills what is noted and still runs; a pid that belongs to another process by now is left alone. */
export function reapRuns(folder: string): number {
  let killed = 0
  for (const name of namesIn(folder)) {
    const path = join(folder, name)
    const running = alive(path)
    for (const { pid } of running) signal(pid, 'SIGKILL')
    if (running.length > 0) killed += 1
    rmSync(path, { force: true })
  }
  return killed
}

function alive(path: string): RunRecord['processes'] {
  let record: RunRecord
  try {
    record = JSON.parse(readFileSync(path, 'utf8')) as RunRecord
  } catch {
    return [] // cut off while it was written: the program had not been started yet
  }
  if (record.boot !== bootId()) return []
  return record.processes.filter(({ pid, startTime }) => processInfo(pid)?.startTime === startTime)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch {
    return []
  }
}
