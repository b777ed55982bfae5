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
  AUDIENCE_KEEP_IP: z
    .enum(['yes', 'no'])
    .default('no')
    .describe('whether the network address of who signs up is kept as evidence of consent'),
  AUDIENCE_CHALLENGE: z
    .enum(['none', 'time', 'work'])
    .default('none')
    .describe('what a sign-up has to show: nothing, a second click after a moment, or work that a browser has done'),
  AUDIENCE_REFUSE_DISPOSABLE: z
    .enum(['yes', 'no'])
    .default('no')
    .describe('whether addresses at providers of mailboxes that are thrown away are refused'),
  AUDIENCE_SPOOL: z
    .string()
    .default('left')
    .describe('folder where requests to leave are kept while the ledger cannot be written'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('least level that is logged'),
}
