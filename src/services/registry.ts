import type { Operation } from './operation.ts'

type Operations = Readonly<Record<string, Operation>>

/** Every service that is served; its folder is read at the first call to it, so that a start stays short. */
const services: Readonly<Record<string, () => Promise<{ operations: Operations }>>> = {
  iam: () => import('./iam/operations.ts'),
  sts: () => import('./sts/operations.ts'),
  ec2: () => import('./ec2/operations.ts'),
  s3: () => import('./s3/operations.ts'),
  kms: () => import('./kms/operations.ts'),
  ecr: () => import('./ecr/operations.ts'),
  logs: () => import('./logs/operations.ts'),
  cloudwatch: () => import('./cloudwatch/operations.ts'),
  'application-autoscaling': () => import('./application-autoscaling/operations.ts'),
  sagemaker: () => import('./sagemaker/operations.ts'),
  'iam-toolbox': () => import('./iam-toolbox/operations.ts'),
  organizations: () => import('./organizations/operations.ts'),
  'sagemaker-runtime': () => import('./sagemaker-runtime/operations.ts'),
  'sagemaker-featurestore-runtime': () => import('./sagemaker-featurestore-runtime/operations.ts'),
  sallyport: () => import('./sallyport/operations.ts'),
}

export const serviceNames = Object.keys(services)

const loaded = new Map<string, Operations>()

/** The built operation of that AWS name, or undefined: then the door answers 501. A promise only until its service is loaded. */
export function findOperation(service: string, name: string): Operation | undefined | Promise<Operation | undefined> {
  const operations = loaded.get(service)
  return operations ? named(operations, name) : load(service).then((found) => named(found, name))
}

function named(operations: Operations, name: string): Operation | undefined {
  return Object.hasOwn(operations, name) ? operations[name] : undefined
}

/** All built operations of a service. */
export async function load(service: string): Promise<Operations> {
  const { operations } = (await services[service]?.()) ?? { operations: {} }
  loaded.set(service, operations)
  return operations
}
