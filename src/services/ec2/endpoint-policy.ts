import { serviceByName } from '../../network/services.ts'
import { compile } from '../../policy/compile.ts'
import type { CompiledPolicy } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import type { VpcEndpointDocument } from './documents.ts'
import { vpcEndpoints } from './nouns.ts'

/** The store answers the same object until the document changes, so the object is the cache's key. */
const compiled = new WeakMap<VpcEndpointDocument, CompiledPolicy>()

/** A call cannot have come through an endpoint that is not there: nothing passes. */
const DENY_ALL = '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}'

/**
 * The policy that a call through this endpoint is held against.
 * Undefined where the service knows no endpoint policies (the FIPS runtime): then everything may pass.
 */
export function endpointPolicy(
  store: Store,
  account: string,
  region: string,
  vpcEndpointId: string,
): CompiledPolicy | undefined {
  const id = `vpc-endpoint-policy:${vpcEndpointId}`
  const endpoint = store.get<VpcEndpointDocument>(vpcEndpoints.kind, `${account}/${region}/${vpcEndpointId}`)
  if (!endpoint) return compile(DENY_ALL, { id, grammar: 'endpoint' })
  if (serviceByName(region, endpoint.ServiceName)?.policySupported === false) return undefined
  const known = compiled.get(endpoint)
  if (known) return known
  const policy = compile(endpoint.PolicyDocument, { id, grammar: 'endpoint', attachedTo: vpcEndpointId })
  compiled.set(endpoint, policy)
  return policy
}
