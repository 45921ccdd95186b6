import type { ContextValues } from '../../policy/types.ts'

/**
 * Attributes of directories that become condition keys, by the names that assertions have for them: object identifiers
 * of eduPerson, eduOrg and X.500 (IAM User Guide, "Available keys for SAML-based AWS STS federation").
 */
const keys: Readonly<Record<string, string>> = {
  'urn:oid:1.3.6.1.4.1.5923.1.1.1.1': 'edupersonaffiliation',
  'urn:oid:1.3.6.1.4.1.5923.1.1.1.2': 'edupersonnickname',
  'urn:oid:1.3.6.1.4.1.5923.1.1.1.3': 'edupersonorgdn',
  'urn:oid:1.3.6.1.4.1.5923.1.1.1.4': 'edupersonorgunitdn',
  'urn:oid:1.3.6.1.4.1.5923.1.1.1.5': 'edupersonprimaryaffiliation',
  'urn:oid:1.3.6.1.4.1.5923.1.1.1.6': 'edupersonprincipalname',
  'urn:oid:1.3.6.1.4.1.5923.1.1.1.7': 'edupersonentitlement',
  'urn:oid:1.3.6.1.4.1.5923.1.1.1.8': 'edupersonprimaryorgunitdn',
  'urn:oid:1.3.6.1.4.1.5923.1.1.1.9': 'edupersonscopedaffiliation',
  'urn:oid:1.3.6.1.4.1.5923.1.1.1.10': 'edupersontargetedid',
  'urn:oid:1.3.6.1.4.1.5923.1.1.1.11': 'edupersonassurance',
  'urn:oid:1.3.6.1.4.1.5923.1.2.1.2': 'eduorghomepageuri',
  'urn:oid:1.3.6.1.4.1.5923.1.2.1.3': 'eduorgidentityauthnpolicyuri',
  'urn:oid:1.3.6.1.4.1.5923.1.2.1.4': 'eduorglegalname',
  'urn:oid:1.3.6.1.4.1.5923.1.2.1.5': 'eduorgsuperioruri',
  'urn:oid:1.3.6.1.4.1.5923.1.2.1.6': 'eduorgwhitepagesuri',
  'urn:oid:2.5.4.3': 'cn',
  'urn:oid:2.5.4.4': 'surname',
  'urn:oid:2.5.4.41': 'name',
  'urn:oid:2.5.4.42': 'givenName',
  'urn:oid:2.5.4.45': 'x500UniqueIdentifier',
  'urn:oid:0.9.2342.19200300.100.1.1': 'uid',
  'urn:oid:0.9.2342.19200300.100.1.3': 'mail',
  'urn:oid:0.9.2342.19200300.100.1.45': 'organizationStatus',
}

/** Keys of which the documentation shows one value; the others are lists, for ForAnyValue and ForAllValues. */
const single: ReadonlySet<string> = new Set([
  'cn',
  'edupersonorgdn',
  'edupersonprimaryaffiliation',
  'edupersonprimaryorgunitdn',
  'edupersonprincipalname',
  'givenName',
  'mail',
  'name',
  'organizationStatus',
  'surname',
  'uid',
  'x500UniqueIdentifier',
])

export function attributeKeys(attributes: ReadonlyMap<string, readonly string[]>): ContextValues {
  const found: Record<string, string | readonly string[]> = {}
  for (const [name, values] of attributes) {
    const key = Object.hasOwn(keys, name) ? keys[name]! : undefined
    if (key === undefined || values.length === 0) continue
    found[`saml:${key}`] = single.has(key) ? values[0]! : values
  }
  return found
}
