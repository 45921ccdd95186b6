import { readdirSync, readFileSync } from 'node:fs'

/** A process, and when it began: its number alone may be another's later. */
export interface Process {
  pid: number
  began: string
  command: string
}

interface Status extends Omit<Process, 'command'> {
  parent: number
  state: string
}

export function statusOf(pid: number): Status | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { pid, state: fields[0]!, parent: Number(fields[1]), began: fields[19]! }
  } catch {
    return undefined // gone
  }
}

/** Children of a process, theirs, and so on; in whatever namespaces they are. */
export function descendantsOf(ancestor: number): Process[] {
  const children = new Map<number, Status[]>()
  for (const name of readdirSync('/proc')) {
    const status = /^\d+$/.test(name) ? statusOf(Number(name)) : undefined
    if (status) children.set(status.parent, [...(children.get(status.parent) ?? []), status])
  }
  const below = (pid: number): Status[] => (children.get(pid) ?? []).flatMap((one) => [one, ...below(one.pid)])
  return below(ancestor).map(({ pid, began }) => ({ pid, began, command: commandOf(pid) }))
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return '' // gone
  }
}

/** A zombie holds nothing any more: it waits for whoever adopted it. */
export function isAlive({ pid, began }: Process): boolean {
  const status = statusOf(pid)
  return status?.began === began && status.state !== 'Z'
}
