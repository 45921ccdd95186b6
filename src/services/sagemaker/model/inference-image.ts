/** Accounts of AWS that hold Neo's images ("Inference Container Images"; the SageMaker Python SDK's xgboost-neo.json has them all). */
const neoAccounts: Readonly<Record<string, string>> = {
  'af-south-1': '774647643957',
  'ap-east-1': '110948597952',
  'ap-northeast-1': '941853720454',
  'ap-northeast-2': '151534178276',
  'ap-northeast-3': '925152966179',
  'ap-south-1': '763008648453',
  'ap-southeast-1': '324986816169',
  'ap-southeast-2': '355873309152',
  'ca-central-1': '464438896020',
  'eu-central-1': '746233611703',
  'eu-central-2': '010526262399',
  'eu-north-1': '601324751636',
  'eu-south-1': '966458181534',
  'eu-west-1': '802834080501',
  'eu-west-2': '205493899709',
  'eu-west-3': '254080097072',
  'il-central-1': '275950707576',
  'me-south-1': '836785723513',
  'sa-east-1': '756306329178',
  'us-east-1': '785573368785',
  'us-east-2': '007439368137',
  'us-west-1': '710691900526',
  'us-west-2': '301217895009',
}

/** Of the same page. */
const images: Readonly<Record<string, string>> = {
  XGBOOST: 'xgboost-neo:latest',
  ONNX: 'sagemaker-neo-onnx:1.5.0-cpu-py3',
}

/** Instance families of hosting that have no accelerator. */
const families = ['ml_m4', 'ml_m5', 'ml_m6g', 'ml_c4', 'ml_c5', 'ml_c6g']

/** DescribeCompilationJob's InferenceImage: "Specify an image only if the target device is a cloud instance." */
export function inferenceImage(region: string, framework: string, device: string | undefined): string | undefined {
  const [account, image] = [neoAccounts[region], images[framework]]
  if (!account || !image || !device || !families.includes(device)) return undefined
  return `${account}.dkr.ecr.${region}.amazonaws.com/${image}`
}
