/** What is known about the parts of ARNs without asking AWS. */

export const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f', 'aws-eusc']

/** By form, as AWS adds Regions all the time. inferred: `eusc-de-east-1` is the only Region with a country in it. */
const REGION =
  /^(?:(?:us-gov|us-isob?|us-isof|eu-isoe|eusc-de|af|ap|ca|cn|eu|il|me|mx|sa|us)-(?:(?:north|south)?(?:east|west)?|central)-\d|)$/

export function isRegion(text: string): boolean {
  return REGION.test(text) && !text.includes('--')
}

export function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text)
}

/** Wildcards and policy variables: the value is not known before a request. */
export function isOpen(text: string): boolean {
  return /[*?]|\$\{/.test(text)
}

/** The six fields; variables keep their colons. Fewer where the text has fewer. */
export function splitFields(pattern: string): string[] {
  const fields = ['']
  for (const part of pattern.split(/(\$\{[^{}]*\}|:)/)) {
    if (part === ':' && fields.length < 6) fields.push('')
    else fields[fields.length - 1] += part
  }
  return fields
}
