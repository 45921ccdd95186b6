import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Label of all containers of one run; its value is known to nobody but the record of that run. */
export const RUN_LABEL = 'dev.sallyport.run'

const EXTENSION = '.container'

export interface ContainerRecord {
  run: string
  socket: string
}

/** Notes a run before its first container is made; the returned function takes the note away again. */
export function recordContainer(folder: string, name: string, socket: string) {
  const run = randomUUID()
  const path = join(folder, `${encodeURIComponent(name)}${EXTENSION}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(path, JSON.stringify({ run, socket } satisfies ContainerRecord), { mode: 0o600 })
  return { labels: { [RUN_LABEL]: run }, forget: () => rmSync(path, { force: true }) }
}

/** What a server that crashed has noted. */
export function recordedContainers(folder: string): (ContainerRecord & { forget(): void })[] {
  return namesIn(folder).flatMap((name) => {
    const path = join(folder, name)
    const forget = () => rmSync(path, { force: true })
    try {
      return { ...(JSON.parse(readFileSync(path, 'utf8')) as ContainerRecord), forget }
    } catch {
      forget() // cut off while it was written: there was no container yet
      return []
    }
  })
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(EXTENSION))
  } catch {
    return []
  }
}
