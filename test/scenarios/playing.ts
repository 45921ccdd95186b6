/** A scenario while it is played, and what its names stand for. */
import type { TestServer } from '../support/server.ts'
import type { PlaceWanted } from './scenario.ts'

export interface Playing {
  readonly server: TestServer
  readonly region: string
  /** What `${name}` stands for. */
  readonly names: Map<string, unknown>
  readonly places: Record<string, PlaceWanted>
}

/** Every `${name}` replaced; a text that is nothing else becomes what was kept, whatever its type. */
export function named<T>(value: T, names: Playing['names']): T {
  const known = (name: string) => {
    if (!names.has(name)) throw new Error(`the scenario keeps nothing as ${name}`)
    return names.get(name)
  }
  const replaced = (text: string): unknown => {
    const whole = /^\$\{(\w+)\}$/.exec(text)
    return whole ? known(whole[1]!) : text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => String(known(name)))
  }
  const inside = (one: unknown): unknown => {
    if (typeof one === 'string') return replaced(one)
    if (Array.isArray(one)) return one.map(inside)
    if (typeof one !== 'object' || one === null) return one
    return Object.fromEntries(Object.entries(one).map(([key, member]) => [replaced(key), inside(member)]))
  }
  return inside(value) as T
}
