import { setTimeout as delay } from 'node:timers/promises'

/** Asks again and again; gives up, loudly, after what no healthy machine needs. */
export async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (await isSo()) return
    await delay(50)
  }
  throw new Error(`in vain waited until ${what}`)
}
