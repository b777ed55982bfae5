import {BroadsideError} from '@broadside/runtime'
import type {TokenKey} from './tokens.ts'

/** Bytes; a secret that is shorter could be guessed. */
const leastSecretBytes = 32

/**
 * Reads the variable TOKEN_KEYS: `id:base64`, newest first, separated by commas. The first key signs, all of them verify.
 * @throws BroadsideError `config.token-keys` (invalid); its message holds no secret.
 */
export function readTokenKeys(list: string): TokenKey[] {
  return list.split(',').map((entry, index) => {
    const [id = '', encoded = ''] = entry.trim().split(/:(.*)/s)
    const secret = Buffer.from(encoded, 'base64')
    if (id !== '' && secret.byteLength >= leastSecretBytes) return {id, secret}
    throw new BroadsideError('invalid', 'config.token-keys', `key ${index + 1} of TOKEN_KEYS cannot be used`, {
      hint: `Each is id:base64 of ${leastSecretBytes} random bytes or more: echo "k1:$(openssl rand -base64 32)"`,
    })
  })
}
