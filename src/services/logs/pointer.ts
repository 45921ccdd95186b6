import type { Position } from './events.ts'
import type { GroupId } from './log-group.ts'

/** `@ptr` of a query's results: one event, to be asked for by GetLogRecord. */
export interface Pointer {
  group: GroupId
  stream: string
  position: Position
}

export function printPointer({ group, stream, position: { timestamp, batch, index } }: Pointer): string {
  const parts = [group.account, group.region, group.name, stream, timestamp, batch, index]
  return Buffer.from(JSON.stringify(parts)).toString('base64')
}

export function parsePointer(text: string): Pointer | undefined {
  try {
    const parts = JSON.parse(Buffer.from(text, 'base64').toString()) as unknown
    if (!Array.isArray(parts) || parts.length !== 7) return undefined
    const [account, region, name, stream] = parts.slice(0, 4) as unknown[]
    const [timestamp, batch, index] = parts.slice(4) as unknown[]
    if (![account, region, name, stream].every((part) => typeof part === 'string' && part.isWellFormed()))
      return undefined
    if (![timestamp, batch, index].every((part) => Number.isSafeInteger(part) && (part as number) >= 0))
      return undefined
    return {
      group: { account, region, name } as GroupId,
      stream: stream as string,
      position: { timestamp, batch, index } as Position,
    }
  } catch {
    return undefined
  }
}
