/**
 * What would open a blocked connection. Each blocker suggests EC2 calls, the narrowest first; a suggestion counts only
 * if the connection, tried again on the changed documents, is rid of that blocker. What is found is a set: all of it
 * together makes the connection allowed, and nothing in it can be left out.
 */
import type { Blocker, NetworkFix, NetworkOrigin, Protocol } from './types.ts'
import { applyCall } from './apply.ts'
import { investigate } from './connect.ts'
import type { Suggestion } from './fix-call.ts'
import { buildModel } from './model.ts'
import type { Model } from './model.ts'
import type { Cause, Finding } from './path.ts'
import { openAcl, openGroup } from './suggest-filters.ts'
import { amazonResolver, dnsSwitches, enableZone, privateDns } from './suggest-names.ts'
import { enableAttachmentZone, findUplink, findWay, leadBack, passOn, transitRoute } from './suggest-ways.ts'

/** Enough for every blocker that one path can have; a bound, not a goal. */
const MOST_FIXES = 16

/** What moves the path comes before what filters it: groups are opened for the way that is taken in the end. */
const ORDER: readonly Blocker['layer'][] = ['subnet', 'dns', 'route', 'vpce-policy', 'nacl', 'sg']

export function findFixes(
  model: Model,
  origin: NetworkOrigin,
  host: string,
  port: number,
  protocol?: Protocol,
): NetworkFix[] {
  const after = (fixes: readonly NetworkFix[]): Model =>
    buildModel(
      fixes.reduce((documents, fix) => applyCall(documents, model.region, fix.call), model.documents),
      model.region,
      model.internet,
    )
  const opens = (fixes: readonly NetworkFix[]): boolean =>
    investigate(after(fixes), origin, host, port, protocol).connection.verdict === 'allowed'

  let chosen: readonly NetworkFix[] = []
  while (chosen.length < MOST_FIXES) {
    const current = after(chosen)
    const { connection, findings } = investigate(current, origin, host, port, protocol)
    if (connection.verdict === 'allowed') return inOrder(chosen, opens)
    const next = firstThatHelps(
      current,
      findings,
      (fixes) => investigate(after([...chosen, ...fixes]), origin, host, port, protocol).findings,
    )
    if (!next) return []
    chosen = [...chosen, ...next]
  }
  return []
}

/** The first suggestion, for the first blocker, after which that blocker is gone. */
function firstThatHelps(
  model: Model,
  findings: readonly Finding[],
  retry: (fixes: Suggestion) => readonly Finding[],
): Suggestion | undefined {
  const identity = ({ blocker }: Finding): string => `${blocker.code} ${blocker.component} ${blocker.text}`
  const ordered = [...findings].sort(
    (one, other) => ORDER.indexOf(one.blocker.layer) - ORDER.indexOf(other.blocker.layer),
  )
  for (const finding of ordered) {
    const suggestions = [...suggest(model, finding.cause)].sort((one, other) => exposureOf(one) - exposureOf(other))
    for (const suggestion of suggestions) {
      if (!retry(suggestion).some((left) => identity(left) === identity(finding))) return suggestion
    }
  }
  return undefined
}

const exposureOf = (fixes: Suggestion): number => fixes.reduce((sum, fix) => sum + fix.exposure, 0)

/** Without what turned out superfluous, least exposure first where the calls still work in that order. */
function inOrder(chosen: readonly NetworkFix[], opens: (fixes: readonly NetworkFix[]) => boolean): NetworkFix[] {
  let needed = [...chosen]
  for (const fix of chosen) {
    const rest = needed.filter((other) => other !== fix)
    if (opens(rest)) needed = rest
  }
  // Of equals, whichever comes first in the alphabet: the same documents shall give the same order.
  const sorted = [...needed].sort(
    (one, other) => one.exposure - other.exposure || (one.text < other.text ? -1 : Number(one.text > other.text)),
  )
  return opens(sorted) ? sorted : needed
}

function suggest(model: Model, cause: Cause | undefined): Suggestion[] {
  switch (cause?.kind) {
    case undefined:
      return []
    case 'group':
      return openGroup(model, cause)
    case 'acl':
      return openAcl(model, cause)
    case 'route':
      return findWay(model, cause)
    case 'uplink':
      return findUplink(model, cause)
    case 'way-back':
      return leadBack(model, cause)
    case 'transit-route':
      return transitRoute(model, cause)
    case 'attachment-zone':
      return enableAttachmentZone(cause)
    case 'source-dest-check':
      return passOn(cause)
    case 'dns-support':
      return [dnsSwitches(cause.vpc).slice(0, 1)]
    case 'private-dns':
      return privateDns(cause)
    case 'resolver':
      return [amazonResolver(model, cause.vpc)]
    case 'zone':
      return enableZone(cause)
  }
}
