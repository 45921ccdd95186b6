import { existsSync } from 'node:fs'
import Docker from 'dockerode'
import { unlessGone } from './engine.ts'
import { RUN_LABEL, recordedContainers } from './records.ts'

/**
 * Removes the containers of runs that a server which crashed has noted, by a label that nobody else's have. An engine that
 * does not answer is asked at the next start. Returns how many programs there were.
 */
export async function reapContainers(folder: string): Promise<number> {
  let reaped = 0
  for (const record of recordedContainers(folder)) {
    const { run, socket } = record
    if (!existsSync(socket)) continue
    const engine = new Docker({ socketPath: socket })
    try {
      const found = await engine.listContainers({ all: true, filters: { label: [`${RUN_LABEL}=${run}`] } })
      // Those that join the network of another go before it.
      const ours = found.toSorted((a, b) => Number(isJoined(b)) - Number(isJoined(a)))
      for (const { Id } of ours) await engine.getContainer(Id).remove({ force: true, v: true }).catch(unlessGone)
      if (found.length > 0) reaped += 1
      record.forget()
    } catch {
      // It keeps its note.
    }
  }
  return reaped
}

const isJoined = ({ HostConfig }: { HostConfig: { NetworkMode?: string } }): boolean =>
  HostConfig.NetworkMode?.startsWith('container:') ?? false
