/** What lies in the data folder, and that it is still there after a restart. */
import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openLab, refusal } from './lab.ts'

test('a restart keeps keys, aliases, grants, ciphertexts and what is due; no secret lies readable', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-kms-'))
  try {
    const lab = await openLab({ dataDir })
    let closing: Promise<void> | undefined
    const close = () => (closing ??= lab.server.close())
    after(close)
    const KeyId = await lab.key()
    const doomed = await lab.key()
    const rsa = await lab.key({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })
    const mac = await lab.key({ KeySpec: 'HMAC_512', KeyUsage: 'GENERATE_VERIFY_MAC' })
    const Plaintext = Buffer.from('a plaintext that nobody else should see')
    await lab.kms('CreateAlias', { AliasName: 'alias/kept', TargetKeyId: KeyId })
    const worker = await lab.role('worker')
    const grant = { KeyId, GranteePrincipal: worker.roleArn, Operations: ['Decrypt'] }
    const { GrantToken } = await lab.kms('CreateGrant', grant)
    const { CiphertextBlob } = await lab.kms('Encrypt', { KeyId: 'alias/kept', Plaintext })
    const dataKey = await lab.kms('GenerateDataKey', { KeyId, KeySpec: 'AES_256' })
    const asked = { KeyId: rsa, Message: Plaintext, SigningAlgorithm: 'RSASSA_PSS_SHA_256' }
    const { Signature } = await lab.kms('Sign', asked)
    await lab.kms('ScheduleKeyDeletion', { KeyId: doomed, PendingWindowInDays: 7 })
    const secrets = [KeyId, rsa, mac].flatMap((id) => secretsOf(lab.server.world, id))
    await close()

    const files = globSync('**/*', { cwd: dataDir })
      .map((file) => join(dataDir, file))
      .filter((file) => statSync(file).isFile())
    assert.ok(files.some((file) => file.endsWith('sallyport.db')))
    const found = [...secrets, Plaintext, Buffer.from(dataKey.Plaintext)].flatMap((secret) =>
      files.filter((file) => {
        const bytes = readFileSync(file)
        return [secret, secret.toString('hex'), secret.toString('base64').slice(0, 40)].some((form) =>
          bytes.includes(form),
        )
      }),
    )
    assert.deepEqual(found, [])
    // The search finds what is there.
    assert.ok(files.some((file) => readFileSync(file).includes(KeyId)))

    const again = await openLab({ dataDir })
    try {
      assert.deepEqual((await again.kms('Decrypt', { CiphertextBlob })).Plaintext, Plaintext)
      assert.deepEqual(
        (await again.kms('Decrypt', { CiphertextBlob, GrantTokens: [GrantToken] }, worker)).Plaintext,
        Plaintext,
      )
      assert.equal((await again.kms('DescribeKey', { KeyId: 'alias/kept' })).KeyMetadata.KeyId, KeyId)
      assert.equal((await again.kms('Verify', { ...asked, Signature })).SignatureValid, true)
      again.wait(7.1)
      await assert.rejects(again.kms('DescribeKey', { KeyId: doomed }), refusal('NotFoundException'))
    } finally {
      await again.server.close()
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})

/** The secret bytes as they would lie there: of a private key its secret number alone, too. */
function secretsOf({ store, vault }: Awaited<ReturnType<typeof openLab>>['server']['world'], id: string): Buffer[] {
  const { materials } = store.get<any>('kms/key', `123456789012/us-east-1/${id}`)
  const secret = vault.open('kms/material', `${id}/${materials[0].id}`, materials[0].sealed)
  if (secret.length < 100) return [secret]
  const { d } = createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' })
  return [secret, Buffer.from(d!, 'base64url')]
}
