import {z} from 'zod'

/** The environment of notifier; `.env.example` shows each variable. */
export const notifierConfig = {
  DATABASE_URL: z.string().describe('where the ledger is: sqlite:///absolute/path/ledger.db'),
  NATS_URL: z.string().describe('where NATS with JetStream is: nats://host:4222'),
  NOTIFIER_PRIVATE_HUBS: z
    .string()
    .optional()
    .describe('hosts in private networks that sites may name as their WebSub hub, separated by commas'),
  CONSOLE_URL: z
    .url()
    .optional()
    .describe(
      'where authors reach the console: the answer to a push and commit statuses lead to the page of the push there',
    ),
  NOTIFIER_HOST: z.string().default('127.0.0.1').describe('where /healthz and /readyz listen'),
  NOTIFIER_PORT: z.coerce.number().int().min(0).max(65_535).default(4107).describe('and on which port'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('least level that is logged'),
}
