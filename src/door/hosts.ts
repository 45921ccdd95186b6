/** Where each service that we serve is reached, and what its signatures are scoped to (botocore's endpointPrefix and signingName). */
export interface ServicePlace {
  signingName: string
  /** Default host name in a region. */
  host(region: string): string
  /** PrivateLink service names (without `com.amazonaws.R.`) whose endpoints lead here. */
  endpointServices: readonly string[]
  /** Global services are signed for one region only. */
  global?: boolean
}

const regional = (prefix: string) => (region: string) => `${prefix}.${region}.amazonaws.com`

export const places: Readonly<Record<string, ServicePlace>> = {
  iam: { signingName: 'iam', host: () => 'iam.amazonaws.com', endpointServices: ['iam'], global: true },
  'iam-toolbox': { signingName: 'iam', host: regional('iam-toolbox'), endpointServices: [] },
  sallyport: { signingName: 'iam', host: () => 'iam.amazonaws.com', endpointServices: [] },
  organizations: {
    signingName: 'organizations',
    host: () => 'organizations.us-east-1.amazonaws.com',
    endpointServices: [],
    global: true,
  },
  sts: { signingName: 'sts', host: regional('sts'), endpointServices: ['sts'] },
  ec2: { signingName: 'ec2', host: regional('ec2'), endpointServices: ['ec2'] },
  s3: { signingName: 's3', host: regional('s3'), endpointServices: ['s3'] },
  kms: { signingName: 'kms', host: regional('kms'), endpointServices: ['kms'] },
  ecr: { signingName: 'ecr', host: regional('api.ecr'), endpointServices: ['ecr.api'] },
  /** The registry that docker speaks to (src/registry): ECR's operations by another door plate. */
  'ecr.dkr': { signingName: 'ecr', host: regional('dkr.ecr'), endpointServices: ['ecr.dkr'] },
  logs: { signingName: 'logs', host: regional('logs'), endpointServices: ['logs'] },
  cloudwatch: { signingName: 'monitoring', host: regional('monitoring'), endpointServices: ['monitoring'] },
  'application-autoscaling': {
    signingName: 'application-autoscaling',
    host: regional('application-autoscaling'),
    endpointServices: ['application-autoscaling'],
  },
  sagemaker: {
    signingName: 'sagemaker',
    host: regional('api.sagemaker'),
    endpointServices: ['sagemaker.api', 'sagemaker.api-fips'],
  },
  'sagemaker-runtime': {
    signingName: 'sagemaker',
    host: regional('runtime.sagemaker'),
    endpointServices: ['sagemaker.runtime', 'sagemaker.runtime-fips'],
  },
  'sagemaker-featurestore-runtime': {
    signingName: 'sagemaker',
    host: regional('featurestore-runtime.sagemaker'),
    endpointServices: ['sagemaker.featurestore-runtime'],
  },
}

/** `com.amazonaws.us-east-1.sagemaker.api` -> `sagemaker.api`. */
export function shortEndpointService(serviceName: string, region: string): string {
  return serviceName.replace(`.${region}.`, '.').replace(/^(cn\.)?com\.amazonaws\./, '')
}
