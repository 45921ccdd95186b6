import { AwsError } from '../../../wire/aws-error.ts'
import type { Call } from '../../../door/call.ts'
import { variantsOf } from './endpoint-config.ts'
import type { EndpointConfigRequest, Variant } from './endpoint-config.ts'
import { refuseForeignRole } from '../passed-role.ts'

/**
 * Rules between members, which the model cannot state (API_CreateEndpointConfig, API_ProductionVariant; SageMaker Developer
 * Guide, "Serverless Inference: feature exclusions", "Shadow variants"). inferred: sentences
 */
export function checkEndpointConfigRequest(input: EndpointConfigRequest, call: Call): void {
  refuseForeignRole(call, input.ExecutionRoleArn)
  const { ProductionVariants: production, ShadowProductionVariants: shadow = [] } = input
  const variants = variantsOf(input)
  const names = variants.map(({ VariantName }) => VariantName)
  if (new Set(names).size < names.length) refuse('Variant names must be unique within an endpoint configuration.')
  if (shadow.length && (production.length > 1 || shadow.length > 1)) {
    refuse('You can only specify one production variant and one shadow variant when you use ShadowProductionVariants.')
  }
  variants.forEach(checkVariant)
  checkServerless(input, variants)
  checkInferenceComponents(input, variants)
  if (input.AsyncInferenceConfig && variants.length > 1) {
    refuse('You can only specify one production variant for an endpoint configuration with AsyncInferenceConfig.')
  }
  const local = variants.flatMap(instanceTypesOf).find(hasLocalStorage)
  if (input.KmsKeyId && local) refuse(`KmsKeyId is not supported for instance type ${local}, which has local storage.`)
  const shap = input.ExplainerConfig?.ClarifyExplainerConfig?.ShapConfig.ShapBaselineConfig
  if (shap?.ShapBaseline !== undefined && shap.ShapBaselineUri !== undefined) {
    refuse('You cannot specify both ShapBaseline and ShapBaselineUri.')
  }
}

export function instanceTypesOf({ InstanceType: own, InstancePools: pools = [] }: Variant): string[] {
  return [...(own === undefined ? [] : [own]), ...pools.map(({ InstanceType }) => InstanceType)]
}

function checkVariant(variant: Variant): void {
  const { VariantName: name, ServerlessConfig: serverless, InstancePools: pools } = variant
  const hosts = [variant.InstanceType, serverless, pools].filter((one) => one !== undefined)
  if (hosts.length !== 1) {
    refuse(`Specify exactly one of InstanceType, InstancePools and ServerlessConfig for production variant ${name}.`)
  }
  if (!serverless && variant.InitialInstanceCount === undefined) {
    refuse(`InitialInstanceCount is required for production variant ${name}.`)
  }
  if (variant.InitialVariantWeight !== undefined && variant.InitialVariantWeight < 0) {
    refuse(`InitialVariantWeight of production variant ${name} must not be negative.`)
  }
  const { MinInstanceCount: min, MaxInstanceCount: max } = variant.ManagedInstanceScaling ?? {}
  if (min !== undefined && max !== undefined && min > max) {
    refuse(`MinInstanceCount of production variant ${name} must not be greater than its MaxInstanceCount.`)
  }
}

/** Members that say something of instances, of which a serverless variant has none. */
const OF_INSTANCES = [
  'InitialInstanceCount',
  'AcceleratorType',
  'VolumeSizeInGB',
  'CoreDumpConfig',
  'ManagedInstanceScaling',
  'EnableSSMAccess',
  'InferenceAmiVersion',
] as const satisfies readonly (keyof Variant)[]

function checkServerless(input: EndpointConfigRequest, variants: readonly Variant[]): void {
  const serverless = variants.filter(({ ServerlessConfig }) => ServerlessConfig)
  const [variant] = serverless
  if (!variant) return
  if (variants.length > 1) refuse('You can only specify one production variant for a serverless endpoint.')
  const given = OF_INSTANCES.find((member) => variant[member] !== undefined)
  if (given) refuse(`${given} is not supported for a serverless endpoint.`)
  if (input.DataCaptureConfig) refuse('DataCaptureConfig is not supported for a serverless endpoint.')
  if (input.AsyncInferenceConfig) refuse('AsyncInferenceConfig is not supported for a serverless endpoint.')
  const { MemorySizeInMB: memory, MaxConcurrency: max, ProvisionedConcurrency: provisioned } = variant.ServerlessConfig!
  if (memory % 1024 !== 0) refuse('MemorySizeInMB must be 1024, 2048, 3072, 4096, 5120 or 6144.')
  if (provisioned !== undefined && provisioned > max) {
    refuse('ProvisionedConcurrency must not be greater than MaxConcurrency.')
  }
}

/** Variants without a model are for inference components, which bring theirs; role and network are then the endpoint's. */
function checkInferenceComponents(input: EndpointConfigRequest, variants: readonly Variant[]): void {
  const without = variants.filter(({ ModelName }) => ModelName === undefined)
  if (without.length === 0) {
    if (input.VpcConfig) refuse('VpcConfig is only supported for production variants without ModelName.')
    if (input.EnableNetworkIsolation) {
      refuse('EnableNetworkIsolation is only supported for production variants without ModelName.')
    }
    return
  }
  if (without.length < variants.length) refuse('Specify ModelName for every production variant or for none of them.')
  if (!input.ExecutionRoleArn) refuse('ExecutionRoleArn is required for production variants without ModelName.')
}

/**
 * "You can't request a KmsKeyId when using an instance type with local storage" (API_CreateEndpointConfig): a `d` behind the
 * generation says so in EC2's names, and some accelerated families have it without.
 */
function hasLocalStorage(instanceType: string): boolean {
  return /^ml\.(?:[a-z]+\d+[a-z]*d[a-z]*|g[56]e?|gr6|p5[a-z]*|trn\d[a-z]*)\./.test(instanceType)
}

function refuse(sentence: string): never {
  throw new AwsError('ValidationException', sentence)
}
