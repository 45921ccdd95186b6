/** What is tried in this run: see the files of tests. */
export const { FULL, ONLY = '', AT = '', SEED = String(Math.floor(Math.random() * 1e6)) } = process.env

/** From 0 to 1, the same for the same text. */
export function draw(text: string): number {
  let hash = 2166136261
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619) >>> 0
  return (Math.imul(hash ^ (hash >>> 15), 2246822507) >>> 0) / 2 ** 32
}
