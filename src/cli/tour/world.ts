/** What the tour builds, by name; the random suffix lets it be built again beside itself. */
export interface World {
  suffix: string
  account: string
  region: string
  /** It has `sagemaker` in its name, as the buckets of the AWS-managed policy do. */
  bucket: string
  role: string
  roleArn: string
  repositoryArn: string
  image: string
  vpc: { cidr: string; id: string }
  subnet: { cidr: string; id: string }
  routeTable: { id: string; prefixList: string }
  group: { id: string }
  endpoint: { id: string }
}

export function nameWorld({ suffix, account, region }: Pick<World, 'suffix' | 'account' | 'region'>): World {
  const repository = `sallyport-tour-${suffix}`
  const role = `SallyportTour-${suffix}`
  return {
    suffix,
    account,
    region,
    bucket: `sagemaker-tour-${suffix}`,
    role,
    roleArn: `arn:aws:iam::${account}:role/${role}`,
    repositoryArn: `arn:aws:ecr:${region}:${account}:repository/${repository}`,
    image: `${account}.dkr.ecr.${region}.amazonaws.com/${repository}:latest`,
    vpc: { cidr: '10.20.0.0/16', id: '' },
    subnet: { cidr: '10.20.1.0/24', id: '' },
    routeTable: { id: '', prefixList: '' },
    group: { id: '' },
    endpoint: { id: '' },
  }
}
