import { existsSync, readFileSync, statSync } from 'node:fs'
import { managedPolicyArns, managedPolicyText } from '../../services/iam/managed-policies.ts'
import { awsManagedPolicy } from '../../services/organizations/aws-managed-policies.ts'
import { UsageError } from '../failure.ts'

/** A policy document and where it is from. */
export interface Source {
  /** As the user named it; for a managed policy its ARN. */
  readonly name: string
  readonly text: string
  readonly managed: boolean
}

/** A file, `-` for stdin, or an AWS managed policy by ARN or name (`FullAWSAccess` of Organizations, too). A file goes before a policy of the same name. */
export function readSource(name: string): Source {
  if (name === '-') return { name: 'stdin', text: readFileSync(0, 'utf8'), managed: false }
  if (existsSync(name)) {
    if (statSync(name).isDirectory()) throw new UsageError(`${name} is a folder`)
    return { name, text: readFileSync(name, 'utf8').replace(/^\uFEFF/, ''), managed: false }
  }
  const ofOrganizations = awsManagedPolicy(name) ?? awsManagedPolicy(`p-${name}`)
  if (ofOrganizations) return { name: ofOrganizations.arn, text: ofOrganizations.content, managed: true }
  const arn = managedPolicyArns().find((known) => known === name || known.endsWith(`/${name}`))
  if (!arn) throw new UsageError(`${name} is neither a file nor an AWS managed policy`)
  return { name: arn, text: managedPolicyText(arn)!, managed: true }
}
