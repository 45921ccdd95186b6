import { readFileSync } from 'node:fs'

/** Names of all shapes of a model. */
export function rawShapes(service: string): string[] {
  const url = new URL(`../../models/${service}.json`, import.meta.url)
  return Object.keys((JSON.parse(readFileSync(url, 'utf8')) as { shapes: object }).shapes)
}
