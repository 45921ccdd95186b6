import type { PolicyType } from '@aws-sdk/client-organizations'
import type { PolicyDocument } from '../../policy/document.ts'
import { parsePolicy, PolicySyntaxError } from '../../policy/parse.ts'
import { constraint, malformedPolicy } from './errors.ts'

interface Rules {
  /** Characters of a document, white space and all. */
  readonly size: number
  /** How many of the type may hang on one root, unit or account, AWS's own included. */
  readonly perTarget: number
  /** How many an organization may have. */
  readonly perOrganization: number
  /** A document's first key, where it is known. */
  readonly top?: string
}

const management: Rules = { size: 10_000, perTarget: 10, perOrganization: 1000 }

/** Quotas of AWS Organizations; those of SCPs were doubled on 2026-05-15. inferred: those of the newest types. */
const rules: Readonly<Record<PolicyType, Rules>> = {
  SERVICE_CONTROL_POLICY: { size: 10_240, perTarget: 10, perOrganization: 10_000 },
  RESOURCE_CONTROL_POLICY: { size: 5120, perTarget: 5, perOrganization: 1000 },
  TAG_POLICY: { ...management, top: 'tags' },
  BACKUP_POLICY: { ...management, top: 'plans' },
  AISERVICES_OPT_OUT_POLICY: { ...management, size: 2500, perTarget: 5, top: 'services' },
  CHATBOT_POLICY: { ...management, perTarget: 5 },
  DECLARATIVE_POLICY_EC2: management,
  SECURITYHUB_POLICY: management,
  SECURITYHUB_CSPM_POLICY: management,
  INSPECTOR_POLICY: management,
  UPGRADE_ROLLOUT_POLICY: management,
  BEDROCK_POLICY: management,
  S3_POLICY: management,
  NETWORK_SECURITY_DIRECTOR_POLICY: management,
  GUARDDUTY_POLICY: management,
}

export function rulesOf(type: PolicyType): Rules {
  return rules[type]
}

/** Throws ConstraintViolationException or MalformedPolicyDocumentException. */
export function checkContent(type: PolicyType, content: string): void {
  const { size, top } = rules[type]
  if (content.length > size) {
    throw constraint('POLICY_CONTENT_LIMIT_EXCEEDED', 'You have exceeded the maximum policy size.')
  }
  if (type === 'SERVICE_CONTROL_POLICY') parsed(content, 'scp')
  else if (type === 'RESOURCE_CONTROL_POLICY') checkResourceControl(parsed(content, 'rcp'))
  else checkManagement(content, top)
}

/** AWS does not tell what is wrong. */
function parsed(content: string, grammar: 'scp' | 'rcp'): PolicyDocument {
  try {
    return parsePolicy(content, grammar)
  } catch (error) {
    if (error instanceof PolicySyntaxError) throw malformedPolicy()
    throw error
  }
}

/**
 * AWS Organizations User Guide, "RCP syntax": only Deny, only of named services' actions, version 2012-10-17,
 * neither NotAction nor NotPrincipal.
 */
function checkResourceControl({ Version, Statement }: PolicyDocument): void {
  const sound = Statement.every(
    ({ Effect, Action, Principal }) =>
      Effect === 'Deny' && Principal !== undefined && Action?.length && Action.every((action) => action !== '*'),
  )
  if (Version !== '2012-10-17' || !sound) throw malformedPolicy()
}

function checkManagement(content: string, top: string | undefined): void {
  let document: unknown
  try {
    document = JSON.parse(content)
  } catch {
    throw malformedPolicy()
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) throw malformedPolicy()
  if (top !== undefined && !(top in document)) throw malformedPolicy()
}
