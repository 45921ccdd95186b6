import { apps, appsOf } from './app.ts'
import { domains } from './domain.ts'
import { endGrant } from './key-grant.ts'
import { settlePassing } from './settle.ts'

/** With a domain go the traces of its deleted apps. */
export const settleDomain = settlePassing(domains, async (world, domain) => {
  await endGrant(world, domain, domain.grant)
  for (const app of appsOf(world, domain)) apps.delete(world.store, app)
})
