import type {
  EncryptionAlgorithmSpec,
  KeyAgreementAlgorithmSpec,
  KeySpec,
  KeyUsageType,
  MacAlgorithmSpec,
  SigningAlgorithmSpec,
} from '@aws-sdk/client-kms'

/** How key material of a spec is made. */
export type Maker =
  | { kind: 'aes' }
  | { kind: 'hmac'; hash: string; bytes: number }
  | { kind: 'rsa'; bits: number }
  | { kind: 'ec'; curve: string; jwk: string }

export interface SpecFacts {
  readonly maker: Maker
  /** What CreateKey takes; where there is one it may be left out. */
  readonly usages: readonly KeyUsageType[]
  readonly encryption?: readonly EncryptionAlgorithmSpec[]
  readonly signing?: readonly SigningAlgorithmSpec[]
  readonly mac?: readonly MacAlgorithmSpec[]
  readonly agreement?: readonly KeyAgreementAlgorithmSpec[]
}

const OAEP = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const
const RSA_SIGNING = [
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
] as const

const rsa = (bits: number): SpecFacts => ({
  maker: { kind: 'rsa', bits },
  usages: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'],
  encryption: OAEP,
  signing: RSA_SIGNING,
})

const nist = (curve: string, jwk: string, algorithm: SigningAlgorithmSpec): SpecFacts => ({
  maker: { kind: 'ec', curve, jwk },
  usages: ['SIGN_VERIFY', 'KEY_AGREEMENT'],
  signing: [algorithm],
  agreement: ['ECDH'],
})

const hmac = (bits: number): SpecFacts => ({
  maker: { kind: 'hmac', hash: `sha${bits}`, bytes: bits / 8 },
  usages: ['GENERATE_VERIFY_MAC'],
  mac: [`HMAC_SHA_${bits}` as MacAlgorithmSpec],
})

/** Every key spec that is built (AWS KMS Developer Guide, "Key spec reference"). */
export const specs: Readonly<Partial<Record<KeySpec, SpecFacts>>> = {
  SYMMETRIC_DEFAULT: { maker: { kind: 'aes' }, usages: ['ENCRYPT_DECRYPT'], encryption: ['SYMMETRIC_DEFAULT'] },
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  ECC_NIST_P256: nist('prime256v1', 'P-256', 'ECDSA_SHA_256'),
  ECC_NIST_P384: nist('secp384r1', 'P-384', 'ECDSA_SHA_384'),
  ECC_NIST_P521: nist('secp521r1', 'P-521', 'ECDSA_SHA_512'),
  ECC_SECG_P256K1: {
    maker: { kind: 'ec', curve: 'secp256k1', jwk: 'secp256k1' },
    usages: ['SIGN_VERIFY'],
    signing: ['ECDSA_SHA_256'],
  },
  HMAC_224: hmac(224),
  HMAC_256: hmac(256),
  HMAC_384: hmac(384),
  HMAC_512: hmac(512),
}

export function isSymmetric(spec: KeySpec): boolean {
  return spec === 'SYMMETRIC_DEFAULT'
}

/** Keys with a public half. */
export function isAsymmetric(spec: KeySpec): boolean {
  const kind = specs[spec]?.maker.kind
  return kind === 'rsa' || kind === 'ec'
}
