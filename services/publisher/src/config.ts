import {z} from 'zod'

/** The environment of publisher; `.env.example` shows each variable. */
export const publisherConfig = {
  DATABASE_URL: z.string().describe('where the ledger is: sqlite:///absolute/path/ledger.db'),
  NATS_URL: z.string().describe('where NATS with JetStream is: nats://host:4222'),
  REDIS_URL: z.string().describe('where Redis is: redis://host:6379'),
  OBJECTS_URL: z.string().describe('where the site goes: file:///absolute/path or s3://bucket/prefix?endpoint=…'),
  PROOF_LEVEL: z
    .enum(['public', 'objects'])
    .default('objects')
    .describe('what counts as live: the bytes at the public URL, or in the objects'),
  PUBLISHER_HOST: z.string().default('127.0.0.1').describe('where /healthz and /readyz listen'),
  PUBLISHER_PORT: z.coerce.number().int().min(0).max(65_535).default(4103).describe('and on which port'),
  PUBLISHER_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(5).describe('parts of a release at once'),
  KEEP_RELEASES: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000)
    .default(10)
    .describe('of how many earlier releases the assets and versions stay'),
  RECEIPT_KEY: z.string().optional().describe('an Ed25519 key in PEM, which publish receipts are signed with'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('least level that is logged'),
}
