/** What AWS answers in each service's words: error code and HTTP status of every refusal before an operation is performed. */

type Word = readonly [code: string, status: number]

export interface Words {
  unsigned: Word
  forged: Word
  expired: Word
  unknownKey: Word
  /** A session's key without the session's token. */
  tokenless: Word
  denied: Word
}

const json: Words = {
  unsigned: ['MissingAuthenticationTokenException', 400],
  forged: ['InvalidSignatureException', 400],
  expired: ['InvalidSignatureException', 400],
  unknownKey: ['UnrecognizedClientException', 400],
  tokenless: ['UnrecognizedClientException', 400],
  denied: ['AccessDeniedException', 400],
}

const rest: Words = {
  unsigned: ['MissingAuthenticationTokenException', 403],
  forged: ['InvalidSignatureException', 403],
  expired: ['InvalidSignatureException', 403],
  unknownKey: ['UnrecognizedClientException', 403],
  tokenless: ['UnrecognizedClientException', 403],
  denied: ['AccessDeniedException', 403],
}

const query: Words = {
  unsigned: ['MissingAuthenticationToken', 403],
  forged: ['SignatureDoesNotMatch', 403],
  expired: ['SignatureDoesNotMatch', 403],
  unknownKey: ['InvalidClientTokenId', 403],
  tokenless: ['InvalidClientTokenId', 403],
  denied: ['AccessDenied', 403],
}

const own: Readonly<Record<string, Words>> = {
  iam: query,
  sts: query,
  ec2: {
    unsigned: ['MissingParameter', 400],
    forged: ['AuthFailure', 401],
    expired: ['RequestExpired', 400],
    unknownKey: ['AuthFailure', 401],
    tokenless: ['AuthFailure', 401],
    denied: ['UnauthorizedOperation', 403],
  },
  s3: {
    // Without a signature the caller is anonymous, and policies decide.
    unsigned: ['AccessDenied', 403],
    forged: ['SignatureDoesNotMatch', 403],
    expired: ['RequestTimeTooSkewed', 403],
    unknownKey: ['InvalidAccessKeyId', 403],
    tokenless: ['InvalidAccessKeyId', 403],
    denied: ['AccessDenied', 403],
  },
  'sagemaker-runtime': rest,
  'sagemaker-featurestore-runtime': rest,
  'iam-toolbox': rest,
  sallyport: rest,
}

/** Services that are not named speak JSON's words. */
export const wordsOf = (service: string): Words => own[service] ?? json

/** Codes that would mean that an allowed call was refused all the same. */
export const refusals = new Set(
  [json, rest, query, ...Object.values(own)]
    .flatMap((words) => Object.values(words).map(([code]) => code))
    .filter((code) => code !== 'MissingParameter'),
)
