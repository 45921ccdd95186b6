import type { Fix } from './explanation.ts'

/** A call as an AWS CLI command: `aws iam put-role-policy --role-name R …`. */
export function command({ service, operation, input }: Fix['call']): string {
  const verb = kebab(operation)
  const service_ = service === 's3' ? 's3api' : service
  const options = Object.entries(input).map(([name, value]) => {
    const flag = `--${kebab(name)}`
    if (value === true) return flag
    if (value === false) return `--no-${kebab(name)}`
    return `${flag} ${quoted(typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value))}`
  })
  return ['aws', service_, verb, ...options].join(' ')
}

/** As botocore names commands and options: `VPCEndpointId` -> `vpc-endpoint-id`. */
function kebab(name: string): string {
  return name
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
