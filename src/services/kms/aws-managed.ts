import { createHash } from 'node:crypto'
import type { World } from '../../world.ts'
import type { Key } from './key.ts'
import { makeSymmetric } from './material.ts'
import type { AliasName } from './key-id.ts'

/**
 * AWS-managed keys: one for each service, account and Region, made when it is first used (AWS KMS Developer Guide,
 * "AWS managed keys"). Short alias -> service of kms:ViaService, where that is not the same.
 */
const services: Readonly<Record<string, string>> = {
  acm: 'acm',
  backup: 'backup',
  codeartifact: 'codeartifact',
  codecommit: 'codecommit',
  dms: 'dms',
  dynamodb: 'dynamodb',
  ebs: 'ec2',
  ecr: 'ecr',
  elasticfilesystem: 'elasticfilesystem',
  es: 'es',
  fsx: 'fsx',
  glue: 'glue',
  kafka: 'kafka',
  kinesis: 'kinesis',
  kinesisvideo: 'kinesisvideo',
  lambda: 'lambda',
  rds: 'rds',
  redshift: 'redshift',
  s3: 's3',
  secretsmanager: 'secretsmanager',
  sns: 'sns',
  sqs: 'sqs',
  ssm: 'ssm',
  workspaces: 'workspaces',
  xray: 'xray',
}

/** Who creates grants of its own. */
const granting = new Set(['ebs', 'ecr', 'lambda', 'rds', 'redshift', 'elasticfilesystem', 'dynamodb', 'fsx', 'kafka'])

/** How a few services are written in the policy's Sid. */
const titles: Readonly<Record<string, string>> = {
  ebs: 'EBS',
  ecr: 'ECR',
  rds: 'RDS',
  s3: 'S3',
  sns: 'SNS',
  sqs: 'SQS',
}

const descriptions: Readonly<Record<string, string>> = {
  acm: 'Default key that protects my ACM private keys when no other key is defined',
  ebs: 'Default key that protects my EBS volumes when no other key is defined',
  ecr: 'Default key that protects my ECR data when no other key is defined',
  lambda: 'Default key that protects my Lambda functions when no other key is defined',
  s3: 'Default key that protects my S3 objects when no other key is defined',
  secretsmanager: 'Default key that protects my Secrets Manager data when no other key is defined',
}

const short = (name: string) => /^alias\/aws\/(.+)$/.exec(name)?.[1] ?? ''

/**
 * The key of an AWS alias, without its material: what needs are asked with before the key is there. Its id follows from
 * account, Region and alias, so that it is the same before and after. Undefined for names that AWS has not given.
 */
export function managedKey({ account, region, name }: AliasName, createdAt = 0): Key | undefined {
  const alias = short(name)
  if (!Object.hasOwn(services, alias)) return undefined
  return {
    id: idOf(`${account}/${region}/${name}`),
    account,
    region,
    createdAt,
    // inferred: the sentence for services beyond those that were seen.
    description: descriptions[alias] ?? `Default key that protects my ${alias} data when no other key is defined`,
    usage: 'ENCRYPT_DECRYPT',
    spec: 'SYMMETRIC_DEFAULT',
    origin: 'AWS_KMS',
    manager: 'AWS',
    enabled: true,
    policy: { text: JSON.stringify(policyOf(alias, account, region), null, 2), principals: {} },
    tags: {},
    aliases: [name],
    materials: [],
  }
}

/** The same key with its material, to be stored. AWS-managed keys rotate every year. */
export function newManagedKey(world: World, name: AliasName): Key | undefined {
  const now = world.now() / 1000
  const key = managedKey(name, now)
  if (!key) return undefined
  const rotation = { enabled: true, periodDays: 365, next: now + 365 * 86_400 }
  return { ...key, materials: [makeSymmetric(world, key.id, now)], rotation }
}

/** AWS KMS Developer Guide, "Key policies of AWS managed keys"; as `aws kms get-key-policy` prints it. */
function policyOf(alias: string, account: string, region: string): object {
  const title = titles[alias] ?? alias
  return {
    Version: '2012-10-17',
    Id: `auto-${alias}-2`,
    Statement: [
      {
        Sid: `Allow access through ${title} for all principals in the account that are authorized to use ${title}`,
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'kms:Encrypt',
          'kms:Decrypt',
          'kms:ReEncrypt*',
          'kms:GenerateDataKey*',
          ...(granting.has(alias) ? ['kms:CreateGrant'] : []),
          'kms:DescribeKey',
        ],
        Resource: '*',
        Condition: {
          StringEquals: {
            'kms:CallerAccount': account,
            'kms:ViaService': `${services[alias]}.${region}.amazonaws.com`,
          },
        },
      },
      {
        Sid: 'Allow direct access to key metadata to the account',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', ...(granting.has(alias) ? ['kms:RevokeGrant'] : [])],
        Resource: '*',
      },
    ],
  }
}

/** A version 4 UUID out of a name. */
function idOf(name: string): string {
  const bytes = createHash('sha256').update(`kms/aws-managed/${name}`).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
