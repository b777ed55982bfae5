import {BroadsideError} from '@broadside/runtime'
import type {TokenKey} from '@broadside/subscribers'
import {z} from 'zod'

/** The environment of audience; `.env.example` shows each variable. */
export const audienceConfig = {
  DATABASE_URL: z.string().describe('where the ledger is: sqlite:///absolute/path/ledger.db'),
  REDIS_URL: z.string().describe('where Redis is: redis://host:6379'),
  TOKEN_KEYS: z
    .string()
    .describe('what links in mails are signed with: `id:base64`, newest first, separated by commas'),
  AUDIENCE_HOST: z.string().default('127.0.0.1').describe('where forms and links in mails are served'),
  AUDIENCE_PORT: z.coerce.number().int().min(0).max(65_535).default(4105).describe('and on which port'),
  AUDIENCE_TRUST_PROXY: z
    .enum(['yes', 'no'])
    .default('no')
    .describe("whether a proxy in front tells the reader's address in X-Forwarded-For"),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('least level that is logged'),
}

/** Bytes; a secret that is shorter could be guessed. */
const leastSecretBytes = 32

/**
 * Reads TOKEN_KEYS. The first key signs, all of them verify.
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
